package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Answer;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Traits;
import io.dmaheap.conformance.Interception.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What goes wrong with heaps, buffers, their handles, and what the CPU does with them. */
enum BufferFlaw implements CallerFlaw {
    SIZE_OF_THE_LAST_BYTE(
            () -> call -> call.is(DmaBuf.class, "size") ? (long) call.proceed() - 1 : call.proceed(),
            "oneByteBecomesOnePage"),
    ROUNDS_DOWN(
            () -> call -> isAllocationOfSize(call)
                    ? call.proceedWith(Math.max(1, (long) call.arguments()[0] & -4096))
                    : call.proceed(),
            "oneByteMoreTakesOnePageMore"),
    COUNTS_NO_BYTES(
            () -> CallerFlaw.usage(usage -> CallerFlaw.change(usage, "bytes", 0)),
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
                    throw call.is(Heap.class, "allocate") ? CallerFlaw.failure(ErrorCode.SYSTEM_ERROR) : e;
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
            () -> CallerFlaw.usage(usage -> CallerFlaw.change(usage, "mappings", 0)),
            "theMappingIsKeptForTheNextAccessAndGoesWithTheBuffer"),
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
    COUNTS_NO_HANDLES(
            () -> CallerFlaw.usage(usage -> CallerFlaw.change(usage, "heapHandles", 0)), "everyFindIsOneReference"),
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
                    throw call.is(DmaBuf.class, "retain") ? CallerFlaw.failure(ErrorCode.SYSTEM_ERROR) : e;
                }
            },
            "aBufferIsEitherWholeOrClosedForThreadsThatRaceWithItsEnd",
            "aClosedBufferHandleRefusesEverything"),
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
            "twoOwnersAndAGiverUpDoNotMeet");

    private final Supplier<Interception.Flaw> flaw;
    private final List<String> noticedBy;

    BufferFlaw(Supplier<Interception.Flaw> flaw, String... noticedBy) {
        this.flaw = flaw;
        this.noticedBy = List.of(noticedBy);
    }

    @Override
    public List<String> noticedBy() {
        return noticedBy;
    }

    @Override
    public Interception.Flaw flaw() {
        return flaw.get();
    }

    private static boolean isAllocationOfSize(Call call) {
        return call.is(Heap.class, "allocate") && call.arguments()[0] instanceof Long;
    }
}
