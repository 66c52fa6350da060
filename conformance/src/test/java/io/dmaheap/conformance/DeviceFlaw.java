package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DeviceMapping.Segment;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One thing that a device does wrong, and the test of the importer contract that must notice. */
enum DeviceFlaw {
    /** None: the control, without which every finding would prove nothing. */
    NONE,
    /** None either: a device need not be able to say what it can do. */
    CANNOT_SAY {
        @Override
        Answer answer(Answer right) {
            return Answer.UNKNOWN;
        }
    },
    SAYS_YES_AND_REFUSES("theAnswerHolds") {
        @Override
        Attachment attach(Device device, DmaBuf buffer) {
            throw HeapException.of(ErrorCode.INCOMPATIBLE_DEVICE, "not today")
                    .errno("EBUSY")
                    .build();
        }
    },
    SAYS_NO_AND_WORKS("theAnswerHolds") {
        @Override
        Answer answer(Answer right) {
            return Answer.NO;
        }
    },
    REFUSES_WITHOUT_ERRNO("theAnswerHolds") {
        @Override
        Answer answer(Answer right) {
            return Answer.NO;
        }

        @Override
        Attachment attach(Device device, DmaBuf buffer) {
            throw HeapException.of(ErrorCode.INCOMPATIBLE_DEVICE, "not this one")
                    .build();
        }
    },
    DETACHES_WHAT_IS_MAPPED("aMappedBufferIsNotDetached") {
        @Override
        Attachment spoil(Attachment working) {
            return Spoiled.by(Attachment.class, working, "close", _ -> {
                try {
                    working.close();
                } catch (IllegalStateException stillMapped) {
                    // Unmapped a little later, the buffer is detached after all.
                }
                return null;
            });
        }
    },
    MAPS_WHAT_IS_DETACHED("aDetachedBufferCannotBeMapped") {
        @Override
        Attachment spoil(Attachment working) {
            return Spoiled.by(Attachment.class, working, "map", _ -> null);
        }
    },
    NEVER_DETACHES("everyDeviceThatCanIsAttachedAtOnce") {
        @Override
        Attachment spoil(Attachment working) {
            return Spoiled.by(Attachment.class, working, "close", _ -> null);
        }
    },
    LEAVES_OUT_THE_LAST_PAGE("theListCoversTheBufferExactly") {
        @Override
        List<Segment> spoil(List<Segment> right) {
            Segment last = right.getLast();
            return List.of(new Segment(last.address(), last.length() - PAGE));
        }
    },
    SHOWS_ONE_PAGE_TWICE("theListCoversTheBufferExactly") {
        @Override
        List<Segment> spoil(List<Segment> right) {
            Segment all = right.getFirst();
            return all.length() == PAGE
                    ? right
                    : List.of(new Segment(all.address(), all.length() - PAGE), new Segment(all.address(), PAGE));
        }
    },
    BEYOND_ITS_ADDRESS_BITS("theListIsWithinTheLimitsOfTheDevice") {
        @Override
        List<Segment> spoil(List<Segment> right) {
            return right.stream()
                    .map(segment -> new Segment(segment.address() | 1L << 60, segment.length()))
                    .toList();
        }
    },
    IN_PIECES("contiguousMemoryIsOneSegment") {
        @Override
        List<Segment> spoil(List<Segment> right) {
            Segment all = right.getFirst();
            return List.of(new Segment(all.address(), PAGE), new Segment(all.address() + PAGE, all.length() - PAGE));
        }
    },
    ALL_IN_ONE_PLACE("buffersOfTheSameTimeLieApart") {
        @Override
        List<Segment> spoil(List<Segment> right) {
            return List.of(new Segment(0x4000_0000, right.getFirst().length()));
        }
    },
    MOVES_UNDER_THE_DEVICE("theListStaysAsItIsWhileTheBufferIsMapped") {
        private final AtomicLong moves = new AtomicLong();

        @Override
        List<Segment> spoil(List<Segment> right) {
            Segment all = right.getFirst();
            return List.of(new Segment(all.address() + PAGE * moves.incrementAndGet(), all.length()));
        }
    },
    MAPS_FOR_BOTH("aBufferMappedForReadingIsNotWritten", "aBufferMappedForWritingIsNotRead") {
        @Override
        Access direction(Access wanted) {
            return Access.READ_WRITE;
        }
    },
    FORGETS_ITS_DIRECTION("mappingsKeepTheirOwnDirection") {
        @Override
        DeviceMapping spoil(DeviceMapping working) {
            return Spoiled.by(DeviceMapping.class, working, "direction", _ -> Access.READ_WRITE);
        }
    },
    LOSES_WRITES("theDeviceReadsWhatItWrote", "theCpuReadsWhatTheDeviceWrote") {
        @Override
        DeviceMapping spoil(DeviceMapping working) {
            return Spoiled.by(DeviceMapping.class, working, "write", _ -> null);
        }
    },
    READS_STALE_BYTES("theDeviceReadsWhatTheCpuWrote", "theDeviceFindsZerosWhereTheHeapPromisesThem") {
        @Override
        DeviceMapping spoil(DeviceMapping working) {
            return Spoiled.by(DeviceMapping.class, working, "read", arguments -> {
                ((MemorySegment) arguments[1]).fill((byte) 0x5A);
                return null;
            });
        }
    },
    KEEPS_QUIET_AT_THE_END("nothingBeyondTheBufferIsMoved") {
        @Override
        DeviceMapping spoil(DeviceMapping working) {
            return Spoiled.by(DeviceMapping.class, working, "read", arguments -> {
                try {
                    working.read((long) arguments[0], (MemorySegment) arguments[1]);
                } catch (IndexOutOfBoundsException silence) {
                    ((MemorySegment) arguments[1]).fill((byte) 0);
                }
                return null;
            });
        }
    },
    HIDES("theDeviceIsListedUnderItsName") {
        @Override
        Device spoil(Device working) {
            var info = working.info();
            return Spoiled.by(
                    Device.class,
                    working,
                    "info",
                    _ -> new DeviceInfo(info.name(), "somebody else", info.constraints(), List.of()));
        }
    };

    static final int PAGE = 4096;

    private final List<String> noticedBy;

    DeviceFlaw(String... noticedBy) {
        this.noticedBy = List.of(noticedBy);
    }

    /** The tests that must notice; none for what is no flaw. */
    List<String> noticedBy() {
        return noticedBy;
    }

    /** What the device says where {@code right} is right. */
    Answer answer(Answer right) {
        return right;
    }

    Attachment attach(Device device, DmaBuf buffer) {
        return spoil(device.attach(buffer));
    }

    /** What it maps for where {@code wanted} was wanted. */
    Access direction(Access wanted) {
        return wanted;
    }

    Device spoil(Device working) {
        return working;
    }

    Attachment spoil(Attachment working) {
        return Spoiled.by(
                Attachment.class,
                working,
                "map",
                arguments -> spoil(segmentsOf(working.map(direction((Access) arguments[0])))));
    }

    private DeviceMapping segmentsOf(DeviceMapping working) {
        return Spoiled.by(DeviceMapping.class, working, "segments", _ -> spoil(working.segments()));
    }

    List<Segment> spoil(List<Segment> right) {
        return right;
    }

    DeviceMapping spoil(DeviceMapping working) {
        return working;
    }
}
