package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.BufferSocket;
import io.dmaheap.CpuAccess;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Fence;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.conformance.Interception.Call;
import io.dmaheap.tee.TeeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One thing that goes wrong between the callers and a heap that works, and the tests of the contracts that must notice. What a heap can do
 * wrong by itself is a {@link Flaw} or a {@link ProtectionFlaw}, what a device can do a {@link DeviceFlaw}.
 */
enum CallerFlaw {
    SIZE_OF_THE_LAST_BYTE(
            () -> call -> call.is(DmaBuf.class, "size") ? (long) call.proceed() - 1 : call.proceed(),
            "oneByteBecomesOnePage"),
    ROUNDS_DOWN(
            () -> call -> isAllocationOfSize(call)
                    ? call.proceedWith(Math.max(1, (long) call.arguments()[0] & -4096))
                    : call.proceed(),
            "oneByteMoreTakesOnePageMore"),
    COUNTS_NO_BYTES(
            () -> usage(usage -> change(usage, "bytes", 0)),
            "sizeAndBytesInUseAgree",
            "aBufferThatIsWorkedOnOutlivesItsHandles"),
    TAKES_EVERY_SIZE(
            () -> call ->
                    isAllocationOfSize(call) && (long) call.arguments()[0] < 1 ? call.proceedWith(1L) : call.proceed(),
            "sizesThatNoBufferCanHaveAreInvalid"),
    REFUSES_WITHOUT_REASON(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException e) {
                    throw call.is(Heap.class, "allocate") ? failure(ErrorCode.SYSTEM_ERROR) : e;
                }
            },
            "moreThanTheMachineHasIsRefusedAtOnceAndHarmsNothing",
            "flagsThatNobodyKnowsAreInvalid",
            "moreThanThereEverIsIsRefusedAndNothingIsLost"),
    TAKES_NULL(
            () -> call -> call.is(Heap.class, "allocate") && call.arguments()[0] == null
                    ? call.proceedWith(AllocationRequest.of(1))
                    : call.proceed(),
            "aRequestCannotBeNull"),
    READS_ONLY_THE_SIZE(
            () -> call -> call.is(Heap.class, "allocate") && call.arguments()[0] instanceof AllocationRequest request
                    ? call.proceedWith(AllocationRequest.of(request.size()))
                    : call.proceed(),
            "aBufferForReadingIsNotOpenedForWriting",
            "theClientShowsInTheBuffer",
            "aLabelCanComeWithTheRequest"),
    PROMISES_ALIGNMENT(
            () -> call ->
                    call.is(Heap.class, "traits") ? ((Traits) call.proceed()).withAlignment(1 << 20) : call.proceed(),
            "everyBufferStartsAtThePromisedAlignment"),
    BUFFERS_WITHOUT_TRAITS(
            () -> call -> call.is(DmaBuf.class, "traits") ? Traits.UNKNOWN : call.proceed(),
            "buffersHaveTheTraitsOfTheHeap"),
    READS_ARE_WRITES(
            () -> call -> call.is(DmaBuf.class, "read")
                    ? ((DmaBuf) call.working()).access(Access.READ_WRITE)
                    : call.proceed(),
            "anAccessForReadingRefusesWrites"),
    ONE_END_ENDS_ALL(
            () -> {
                var open = new ArrayList<CpuAccess>();
                return call -> {
                    if (call.is(CpuAccess.class, "close")) {
                        open.forEach(CpuAccess::close);
                        open.clear();
                    }
                    Object result = call.proceed();
                    if (result instanceof CpuAccess access) {
                        open.add(access);
                    }
                    return result;
                };
            },
            "accessesNestAndEndInAnyOrder"),
    EVERY_ACCESS_IS_SHARED(
            () -> call -> call.is(DmaBuf.class, "read")
                    ? ((DmaBuf) call.working()).sharedAccess(Access.READ)
                    : call.proceed(),
            "anAccessBelongsToTheThreadThatOpenedIt"),
    NO_ACCESS_IS_SHARED(
            () -> call -> call.is(DmaBuf.class, "sharedAccess")
                    ? ((DmaBuf) call.working()).access((Access) call.arguments()[0])
                    : call.proceed(),
            "aSharedAccessServesAllThreads"),
    ACCESS_ENDS_WITH_THE_HANDLE(
            () -> {
                Map<Object, CpuAccess> opened = new HashMap<>();
                return call -> {
                    if (call.is(DmaBuf.class, "close") && opened.containsKey(call.working())) {
                        opened.remove(call.working()).close();
                    }
                    Object result = call.proceed();
                    if (result instanceof CpuAccess access) {
                        opened.put(call.working(), access);
                    }
                    return result;
                };
            },
            "anAccessOutlivesTheHandleItCameFrom"),
    COUNTS_NO_MAPPINGS(
            () -> usage(usage -> change(usage, "mappings", 0)), "theMappingIsKeptForTheNextAccessAndGoesWithTheBuffer"),
    NAMES_WHAT_IS_CLOSED(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (IllegalStateException e) {
                    if (call.is(DmaBuf.class, "setName")) {
                        return null;
                    }
                    throw e;
                }
            },
            "aClosedBufferHandleRefusesEverything"),
    KEEPS_HEAPS_OPEN(
            () -> call -> call.is(Heap.class, "close") ? null : call.proceed(), "aClosedHeapHandleRefusesToAllocate"),
    RETAINS_NOTHING(
            () -> call -> call.is(DmaBuf.class, "retain") ? call.self() : call.proceed(),
            "theBufferLivesUntilTheLastHandleIsClosed"),
    RETAINS_A_COPY(
            () -> {
                var heap = new Heap[1];
                return call -> {
                    if (call.is(Heap.class, "allocate")) {
                        heap[0] = (Heap) call.working();
                    }
                    return call.is(DmaBuf.class, "retain")
                            ? heap[0].allocate(((DmaBuf) call.working()).size())
                            : call.proceed();
                };
            },
            "twoHandlesShowTheSameBytes"),
    HEAP_TAKES_ITS_BUFFERS_ALONG(
            () -> {
                Map<Object, DmaBuf> given = new HashMap<>();
                return call -> {
                    if (call.is(Heap.class, "close") && given.containsKey(call.working())) {
                        given.remove(call.working()).close();
                    }
                    Object result = call.proceed();
                    if (result instanceof DmaBuf buffer) {
                        given.put(call.working(), buffer);
                    }
                    return result;
                };
            },
            "aBufferOutlivesTheHeapHandleItCameFrom"),
    COUNTS_NO_HANDLES(() -> usage(usage -> change(usage, "heapHandles", 0)), "everyFindIsOneReference"),
    TAKES_EVERY_LABEL(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException e) {
                    if (call.is(DmaBuf.class, "setName")) {
                        return null;
                    }
                    throw e;
                }
            },
            "labelsThatTheKernelOrAParserWouldChokeOnAreInvalid"),
    FENCE_THAT_NEVER_SIGNALS(
            () -> call -> call.is(DmaBuf.class, "exportFence") ? new Signal(Fence.State.PENDING) : call.proceed(),
            "theFenceOfAnIdleBufferHasSignaledWhereThereAreFences"),
    FENCES_FOR_WRITING_ONLY(
            () -> call -> {
                if (!call.is(DmaBuf.class, "exportFence")) {
                    return call.proceed();
                }
                if (call.arguments()[0] == Access.READ) {
                    throw failure(ErrorCode.UNSUPPORTED);
                }
                return new Signal(Fence.State.SIGNALED);
            },
            "fencesAreSupportedAlwaysOrNever"),
    TAKES_NO_FENCE_BACK(
            () -> call -> {
                if (call.is(DmaBuf.class, "importFence")) {
                    throw failure(ErrorCode.UNSUPPORTED);
                }
                return call.is(DmaBuf.class, "exportFence") ? new Signal(Fence.State.SIGNALED) : call.proceed();
            },
            "aSignaledFenceCanBeGivenBackToTheBuffer"),
    ONE_DESCRIPTOR_FOR_ALL(
            () -> {
                var first = new DmaBufFd[1];
                return call -> {
                    if (!call.is(DmaBuf.class, "exportFd")) {
                        return call.proceed();
                    }
                    if (first[0] == null) {
                        first[0] = (DmaBufFd) call.proceed();
                    }
                    return first[0];
                };
            },
            "anExportIsANewDescriptorThatTheCallerOwns"),
    IMPORTS_NOTHING(
            () -> call -> {
                if (call.is(Heaps.class, "importFd")) {
                    throw failure(ErrorCode.NOT_A_DMA_BUF);
                }
                return call.proceed();
            },
            "anExportThatComesBackIsTheSameBuffer",
            "aDescriptorKeepsTheBytesAfterTheLastHandle"),
    IMPORTS_EVERYTHING(
            () -> {
                var heap = new Heap[1];
                return call -> {
                    if (call.is(Heap.class, "allocate")) {
                        heap[0] = (Heap) call.working();
                    }
                    return call.is(Heaps.class, "importFd") ? heap[0].allocate(4096) : call.proceed();
                };
            },
            "descriptorsOfOtherThingsAreRefused"),
    LOSES_WORDS(
            () -> message(message -> new BufferSocket.Message("", message.buffers())),
            "aPeerSeesWhatWasWrittenAndAnswersInPlace"),
    TURNS_BUFFERS_ROUND(
            () -> message(message ->
                    new BufferSocket.Message(message.text(), message.buffers().reversed())),
            "severalBuffersArriveInTheOrderSent"),
    SPEAKS_ASCII(
            () -> message(message ->
                    new BufferSocket.Message(message.text().replaceAll("\\P{ASCII}", "?"), message.buffers())),
            "aMessageNeedsNoBuffers"),
    CONFUSES_SILENCE_WITH_THE_END(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException e) {
                    if (!call.is(BufferSocket.class, "receive")) {
                        throw e;
                    }
                    throw failure(e.code() == ErrorCode.TIMED_OUT ? ErrorCode.DEVICE_GONE : ErrorCode.TIMED_OUT);
                }
            },
            "waitingForASilentPeerTimesOut",
            "aPeerThatHungUpIsReported"),
    MISTAKES_THE_PEER(
            () -> call -> call.is(BufferSocket.class, "peer") ? new BufferSocket.Peer(1, 0, 0) : call.proceed(),
            "thePeerIsThisProcess"),
    ONE_BUFFER_FOR_ALL(
            () -> {
                var shared = new DmaBuf[1];
                return call -> {
                    if (!call.is(Heap.class, "allocate")) {
                        return call.proceed();
                    }
                    synchronized (shared) {
                        if (shared[0] == null) {
                            shared[0] = (DmaBuf) call.proceed();
                            return shared[0];
                        }
                        return shared[0].retain();
                    }
                };
            },
            "threadsAllocateUseAndCloseWithoutMeetingEachOther",
            "buffersHaveTheirOwnBytes"),
    EVERY_CLOSE_COUNTS(
            () -> {
                var first = new DmaBuf[1];
                return call -> {
                    if (call.is(DmaBuf.class, "retain")) {
                        first[0] = (DmaBuf) call.working();
                    } else if (call.is(DmaBuf.class, "close") && first[0] != null) {
                        first[0].close();
                    }
                    return call.proceed();
                };
            },
            "threadsThatCloseOneHandleDropOneReference"),
    END_IS_A_FAILURE(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (IllegalStateException e) {
                    throw call.is(DmaBuf.class, "retain") ? failure(ErrorCode.SYSTEM_ERROR) : e;
                }
            },
            "aBufferIsEitherWholeOrClosedForThreadsThatRaceWithItsEnd",
            "aClosedBufferHandleRefusesEverything"),
    LETS_THE_CPU_IN(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException e) {
                    if (call.type() == DmaBuf.class && e.code() == ErrorCode.NOT_CPU_ACCESSIBLE) {
                        return new OpenAccess();
                    }
                    throw e;
                }
            },
            "whatWasExportedIsNoWayInForTheCpu",
            "theCpuIsRefusedBeforeAndWhileItIsWorkedOn"),
    LETS_EVERY_DEVICE_IN(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException | IllegalStateException e) {
                    if (call.is(Device.class, "attach")) {
                        return new OpenAttachment();
                    }
                    throw e;
                }
            },
            "whoIsNotOnTheListGetsNothingThrough",
            "aClosedHandleCannotBeAttached"),
    DEVICES_WRITE_NOTHING(
            () -> call -> call.is(DeviceMapping.class, "write") ? null : call.proceed(),
            "whatOneListedDeviceWritesTheOthersRead",
            "otherDevicesReadWhatTheDeviceWrote",
            "whatWasWrittenOutlastsTheMapping"),
    PROTECTION_ENDS_WITH_THE_FRAMEWORK(
            () -> {
                var closed = new boolean[1];
                return call -> {
                    closed[0] |= call.is(Heaps.class, "close");
                    return closed[0] && call.is(DmaBuf.class, "accessList") ? Optional.empty() : call.proceed();
                };
            },
            "aBufferOutlivesTheFrameworkWithItsProtection"),
    MAPS_ONCE(
            () -> {
                var mapped = new ArrayList<Object>();
                return call -> {
                    if (call.is(Attachment.class, "map")) {
                        if (mapped.contains(call.working())) {
                            throw failure(ErrorCode.SYSTEM_ERROR);
                        }
                        mapped.add(call.working());
                    }
                    return call.proceed();
                };
            },
            "anUnmappedBufferCanBeMappedAgain"),
    REMEMBERS_SEGMENTS(
            () -> {
                Map<Object, Object> seen = new HashMap<>();
                return call -> {
                    if (!call.is(DeviceMapping.class, "segments")) {
                        return call.proceed();
                    }
                    try {
                        Object segments = call.proceed();
                        seen.put(call.working(), segments);
                        return segments;
                    } catch (IllegalStateException e) {
                        return seen.getOrDefault(call.working(), List.of());
                    }
                };
            },
            "anEndedMappingIsOfNoUse"),
    ATTACHES_NOTHING(
            () -> call -> call.is(Device.class, "attach") && call.arguments()[0] == null
                    ? new OpenAttachment()
                    : call.proceed(),
            "nothingIsNoBuffer"),
    FORGETS_ATTACHED_BUFFERS(
            () -> usage(usage -> change(usage, "buffers", 0)), "anAttachedBufferLivesOnWithoutHandles"),
    COUNTS_NO_ATTACHMENTS(
            () -> usage(usage -> change(usage, "attachments", 0)),
            "severalBuffersAreAttachedAtOnce",
            "attachmentsOfOneBufferEndOneByOne"),
    COUNTS_ONE_ATTACHMENT_MORE(
            () -> usage(usage -> change(usage, "attachments", 1)),
            "threadsThatShareADeviceAndABufferEachHaveTheirOwnAttachment"),
    COUNTS_UP(
            () -> {
                var calls = new long[1];
                return usage(usage -> change(usage, "mappings", calls[0]++));
            },
            "theBufferIsAsItWasWhateverTheDeviceDidOrRefused"),
    FAULT_WITHOUT_NAME(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException e) {
                    throw call.type() == DeviceMapping.class ? failure(e.code()) : e;
                }
            },
            "theFaultNamesTheDevice"),
    BOTH_WITHOUT_EACH(
            () -> call -> call.is(DmaBuf.class, "canAccess") && call.arguments()[1] != Access.READ_WRITE
                    ? Answer.UNKNOWN
                    : call.proceed(),
            "bothDirectionsAreOpenOnlyIfEachIs"),
    ANSWERS_DIFFERENTLY_EACH_TIME(
            () -> {
                var calls = new int[1];
                return call ->
                        call.is(DmaBuf.class, "canAccess") && calls[0]++ % 2 == 1 ? Answer.UNKNOWN : call.proceed();
            },
            "theAnswerDoesNotDependOnWhoHasTheBuffer"),
    ANY_NAME_IS_A_DEVICE(
            () -> call -> call.is(Heaps.class, "device") ? ((Heaps) call.working()).device("decoder") : call.proceed(),
            "aDeviceThatIsNotThereIsAnInvalidName"),
    FULL_FOR_EVER(
            () -> {
                var full = new HeapException[1];
                return call -> {
                    if (!call.is(Heap.class, "allocate")) {
                        return call.proceed();
                    }
                    if (full[0] != null) {
                        throw full[0];
                    }
                    try {
                        return call.proceed();
                    } catch (HeapException e) {
                        full[0] = e;
                        throw e;
                    }
                };
            },
            "anExhaustedHeapRecovers"),
    PROMISES_ZEROS(
            () -> call ->
                    call.is(Heap.class, "traits") ? ((Traits) call.proceed()).withZeroed(Answer.YES) : call.proceed(),
            "thePromiseOfZeroesIsKept",
            "theNextOwnerFindsNothingThatAGiverUpLeftRunning",
            "theNextOwnerIsNotFoundByWhatAGiverUpLeftRunning",
            "twoOwnersAndAGiverUpDoNotMeet"),
    REGISTERS_FOR_THE_CPU(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException e) {
                    if (call.is(TeeMemory.class, "segment")) {
                        return Arena.ofAuto().allocate(4096);
                    }
                    throw e;
                }
            },
            "aRegistrationIsNoWayInForTheCpu"),
    REFERS_BEYOND_THE_END(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (IndexOutOfBoundsException e) {
                    if (call.type() == TeeMemory.class) {
                        return ((TeeMemory) call.working()).in();
                    }
                    throw e;
                }
            },
            "aReferenceBeyondTheBufferCannotBeMade");

    private final Supplier<Interception.Flaw> flaw;
    private final List<String> noticedBy;

    CallerFlaw(Supplier<Interception.Flaw> flaw, String... noticedBy) {
        this.flaw = flaw;
        this.noticedBy = List.of(noticedBy);
    }

    /** The tests that must notice, each in its contract. */
    List<String> noticedBy() {
        return noticedBy;
    }

    /** Heaps with the flaw. */
    Heaps spoil(Heaps working) {
        return Interception.of(Heaps.class, working, flaw.get());
    }

    private static boolean isAllocationOfSize(Call call) {
        return call.is(Heap.class, "allocate") && call.arguments()[0] instanceof Long;
    }

    private static HeapException failure(ErrorCode code) {
        return HeapException.of(code, "of the flaw").build();
    }

    private static Interception.Flaw usage(UnaryOperator<Usage> change) {
        return call -> call.is(Heaps.class, "usage") ? change.apply((Usage) call.proceed()) : call.proceed();
    }

    private static Interception.Flaw message(UnaryOperator<BufferSocket.Message> change) {
        return call -> call.is(BufferSocket.class, "receive")
                ? change.apply((BufferSocket.Message) call.proceed())
                : call.proceed();
    }

    private static Usage change(Usage usage, String component, long value) {
        try {
            RecordComponent[] components = Usage.class.getRecordComponents();
            Object[] counts = new Object[components.length];
            Class<?>[] types = new Class<?>[components.length];
            for (int i = 0; i < counts.length; i++) {
                types[i] = components[i].getType();
                counts[i] = components[i].getName().equals(component)
                        ? value
                        : components[i].getAccessor().invoke(usage);
            }
            return Usage.class.getConstructor(types).newInstance(counts);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** A fence of no device. */
    private record Signal(State state) implements Fence {
        @Override
        public boolean await(Duration timeout) {
            return state == State.SIGNALED;
        }

        @Override
        public Fence merge(Fence other) {
            return this;
        }

        @Override
        public DmaBufFd exportFd() {
            throw failure(ErrorCode.UNSUPPORTED);
        }

        @Override
        public void close() {}
    }

    /** Access to bytes that are no buffer's. */
    private record OpenAccess() implements CpuAccess {
        @Override
        public MemorySegment segment() {
            return Arena.ofAuto().allocate(4096);
        }

        @Override
        public Access access() {
            return Access.READ_WRITE;
        }

        @Override
        public void close() {}
    }

    /** An attachment that no count includes. */
    private record OpenAttachment() implements Attachment {
        @Override
        public DeviceMapping map(Access direction) {
            return new OpenMapping(direction);
        }

        @Override
        public void close() {}
    }

    private record OpenMapping(Access direction) implements DeviceMapping {
        @Override
        public List<Segment> segments() {
            return List.of();
        }

        @Override
        public void read(long offset, MemorySegment into) {}

        @Override
        public void write(long offset, @Nullable MemorySegment from) {}

        @Override
        public void close() {}
    }
}
