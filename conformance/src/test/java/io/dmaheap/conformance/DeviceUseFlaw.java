package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.CpuAccess;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.tee.TeeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What goes wrong with what devices and trusted applications do with buffers. */
enum DeviceUseFlaw implements CallerFlaw {
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
                            throw CallerFlaw.failure(ErrorCode.SYSTEM_ERROR);
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
            () -> CallerFlaw.usage(usage -> CallerFlaw.change(usage, "buffers", 0)),
            "anAttachedBufferLivesOnWithoutHandles"),
    COUNTS_NO_ATTACHMENTS(
            () -> CallerFlaw.usage(usage -> CallerFlaw.change(usage, "attachments", 0)),
            "severalBuffersAreAttachedAtOnce",
            "attachmentsOfOneBufferEndOneByOne"),
    COUNTS_ONE_ATTACHMENT_MORE(
            () -> CallerFlaw.usage(usage -> CallerFlaw.change(usage, "attachments", 1)),
            "threadsThatShareADeviceAndABufferEachHaveTheirOwnAttachment"),
    COUNTS_UP(
            () -> {
                var calls = new long[1];
                return CallerFlaw.usage(usage -> CallerFlaw.change(usage, "mappings", calls[0]++));
            },
            "theBufferIsAsItWasWhateverTheDeviceDidOrRefused"),
    FAULT_WITHOUT_NAME(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException e) {
                    throw call.type() == DeviceMapping.class ? CallerFlaw.failure(e.code()) : e;
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

    DeviceUseFlaw(Supplier<Interception.Flaw> flaw, String... noticedBy) {
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
