package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapStatus;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
    },
    RELEASE_FAILS("wholePagesKeepTheirSize") {
        @Override
        Memory spoil(Memory memory) {
            return new ForwardingMemory(memory) {
                @Override
                public void release() {
                    super.release();
                    throw new IllegalStateException("cannot release");
                }
            };
        }
    },
    LEAKS_8_KIB("manyBuffersLeaveNothingInTheProcess") {
        @Override
        HeapOps over(HeapOps working) {
            return new HeapOps() {
                private final Arena lost = Arena.ofShared();

                @Override
                public Memory allocate(AllocationRequest request) {
                    lost.allocate(8192);
                    return working.allocate(request);
                }

                @Override
                public void close() {
                    lost.close();
                }
            };
        }
    },
    CONSTANT_FREE("aBufferTakesItsBytesFromWhatIsFreeAndBringsThemBack") {
        @Override
        HeapOps over(HeapOps working) {
            return new Pool(working) {
                @Override
                void add(long bytes) {}
            };
        }
    },
    RELEASES_TWICE("aBufferTakesItsBytesFromWhatIsFreeAndBringsThemBack") {
        @Override
        HeapOps over(HeapOps working) {
            return new Pool(working) {
                @Override
                synchronized void add(long bytes) {
                    free += bytes > 0 ? 2 * bytes : bytes;
                }
            };
        }
    },
    NO_LOCK("threadsBringBackAllTheyTook") {
        @Override
        HeapOps over(HeapOps working) {
            return new Pool(working) {
                private final Exchanger<Long> meeting = new Exchanger<>();

                /** Of two threads that free at once, one overwrites what the other has written. */
                @Override
                void add(long bytes) {
                    if (bytes > 0 && isOverwritten()) {
                        return;
                    }
                    synchronized (this) {
                        free += bytes;
                    }
                }

                private boolean isOverwritten() {
                    long self = Thread.currentThread().threadId();
                    try {
                        return meeting.exchange(self, 10, TimeUnit.MILLISECONDS) > self;
                    } catch (TimeoutException alone) {
                        return false;
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            };
        }
    };

    /** A heap that counts what is free. */
    private abstract static class Pool implements HeapOps {
        private static final long TOTAL = 1L << 40;

        /** Not safe for use by several threads. */
        long free = TOTAL;

        private final HeapOps working;

        Pool(HeapOps working) {
            this.working = working;
        }

        abstract void add(long bytes);

        @Override
        public Memory allocate(AllocationRequest request) {
            Memory memory = working.allocate(request);
            add(-memory.size());
            return new ForwardingMemory(memory) {
                @Override
                public void release() {
                    add(size());
                    super.release();
                }
            };
        }

        @Override
        public HeapStatus status() {
            return new HeapStatus(Optional.empty(), Openable.YES, OptionalLong.of(TOTAL), OptionalLong.of(free));
        }
    }

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
