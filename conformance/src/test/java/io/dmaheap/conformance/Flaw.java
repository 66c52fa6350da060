package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;

/** One thing that a heap does wrong, and the test of the contract that must notice. */
enum Flaw {
    /** None: the control, without which every finding would prove nothing. */
    NONE(""),
    DIRTY("usedMemoryComesBackAsItWasPromised") {
        @Override
        Memory spoil(Memory memory) {
            fill(memory);
            return memory;
        }
    },
    TWICE_THE_SIZE("wholePagesKeepTheirSize") {
        @Override
        HeapOps over(HeapOps working) {
            return request -> working.allocate(AllocationRequest.of(2 * request.size()));
        }
    },
    ANY_FLAGS("flagsThatNobodyKnowsAreInvalid") {
        @Override
        HeapOps over(HeapOps working) {
            return new HeapOps() {
                @Override
                public Memory allocate(AllocationRequest request) {
                    return working.allocate(request);
                }

                @Override
                public long heapFlags() {
                    return -1;
                }
            };
        }
    },
    KEEPS_MEMORY("oneByteBecomesOnePage") {
        @Override
        Memory spoil(Memory memory) {
            return Spoiled.by(Memory.class, memory, "release", _ -> null);
        }
    },
    IMMORTAL_VIEW("theSegmentEndsWithTheAccess") {
        @Override
        Memory spoil(Memory memory) {
            return Spoiled.by(
                    Memory.class, memory, "map", arguments -> view(memory.map((Access) arguments[0]), Arena.global()));
        }
    },
    LOSES_WRITES("whatIsWrittenIsReadBack") {
        @Override
        Memory spoil(Memory memory) {
            return Spoiled.by(Memory.class, memory, "map", _ -> fresh(memory.size()));
        }
    },
    NEVER_IDLE("aNewBufferIsIdle") {
        @Override
        Memory spoil(Memory memory) {
            return Spoiled.by(Memory.class, memory, "awaitIdle", _ -> false);
        }
    },
    FORGETS_LABEL("aLabelOf31BytesIsKept") {
        @Override
        Memory spoil(Memory memory) {
            return Spoiled.by(Memory.class, memory, "setName", _ -> null);
        }
    },
    ONE_IDENTITY("twoBuffersAreNeverTakenForOne") {
        @Override
        Memory spoil(Memory memory) {
            var one = new MemoryInfo(Descriptor.MEMFD, 1, 1, Optional.empty(), Optional.empty());
            return Spoiled.by(Memory.class, memory, "info", _ -> one);
        }
    };

    private final String noticedBy;

    Flaw(String noticedBy) {
        this.noticedBy = noticedBy;
    }

    String heapName() {
        return "flaw-" + name().toLowerCase(Locale.ROOT);
    }

    String noticedBy() {
        return noticedBy;
    }

    HeapOps over(HeapOps working) {
        return request -> spoil(working.allocate(request));
    }

    Memory spoil(Memory memory) {
        return memory;
    }

    private static void fill(Memory memory) {
        var mapping = memory.map(Access.READ_WRITE);
        try (var arena = Arena.ofConfined()) {
            mapping.segment(arena).fill((byte) 0xAA);
        }
        mapping.unmap();
    }

    private static Mapping view(Mapping working, Arena lifetime) {
        return new Mapping() {
            @Override
            public MemorySegment segment(Arena scope) {
                return working.segment(lifetime);
            }

            @Override
            public void unmap() {
                working.unmap();
            }
        };
    }

    private static Mapping fresh(long size) {
        return new Mapping() {
            @Override
            public MemorySegment segment(Arena scope) {
                return scope.allocate(size);
            }

            @Override
            public void unmap() {}
        };
    }
}
