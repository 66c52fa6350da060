package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * First buffers that race, and a last one that goes while a first one comes: the pool of two pages is lent once, taken back when it is
 * empty, and nobody is given memory that is not lent. The machine below throws where that is broken.
 */
public class LentPoolModelTests {
    private static final int PAGE = 4096;

    private final AtomicLong firmwareHas = new AtomicLong();
    private final AtomicInteger lent = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final LentHeap heap = new LentHeap(
            UseCase.TRUSTED_UI,
            new Firmware(),
            new ProtectedMemoryFirmware.Config(2 * PAGE, PAGE, 32, List.of()),
            new LendablePages(new Region(), PAGE),
            PAGE,
            (refused, bytes) -> {
                throw new AssertionError(bytes + " bytes were not given back", refused);
            });

    private static void require(boolean good, String what) {
        if (!good) {
            throw new AssertionError(what);
        }
    }

    private final class Firmware implements ProtectedMemoryFirmware {
        @Override
        public Optional<PhysicalRange> staticPool() {
            return Optional.empty();
        }

        @Override
        public Optional<Config> config(int useCase) {
            return Optional.empty();
        }

        @Override
        public Optional<MemoryRegion> lendable() {
            return Optional.empty();
        }

        @Override
        public void lend(int useCase, PhysicalRange range, List<Attribute> attributes, long cookie) {
            require(lent.get() == 1, "protected before it was lent");
            require(firmwareHas.compareAndSet(0, cookie), "protected twice");
        }

        @Override
        public void reclaim(long cookie) {
            require(taken.get() == 0, "taken back from under a buffer");
            require(firmwareHas.compareAndSet(cookie, 0), "taken back though it is not protected");
        }
    }

    private final class Region implements MemoryRegion {
        @Override
        public String name() {
            return "pages";
        }

        @Override
        public Kind kind() {
            return Kind.CMA;
        }

        @Override
        public long base() {
            return 0;
        }

        @Override
        public long size() {
            return 16 * PAGE;
        }

        @Override
        public String compatible() {
            return "";
        }

        @Override
        public Memory take(long offset, AllocationRequest request) {
            throw new AssertionError("ordinary memory was taken");
        }

        @Override
        public Memory take(List<PhysicalRange> ranges, AllocationRequest request) {
            require(firmwareHas.get() != 0, "given out unprotected");
            require(taken.incrementAndGet() <= 2, "given out twice");
            return new Memory() {
                @Override
                public long size() {
                    return request.size();
                }

                @Override
                public void release() {
                    require(firmwareHas.get() != 0, "in use unprotected");
                    taken.decrementAndGet();
                }
            };
        }

        @Override
        public LentRange lend(long offset, long size) {
            require(lent.incrementAndGet() == 1, "lent twice");
            var range = new PhysicalRange(offset, size);
            return new LentRange() {
                @Override
                public PhysicalRange range() {
                    return range;
                }

                @Override
                public void reclaim() {
                    require(firmwareHas.get() == 0, "used again while it is protected");
                    lent.decrementAndGet();
                }
            };
        }
    }

    /** One buffer from beginning to end; the pool may be full. */
    @Operation
    public void useABuffer() {
        PooledBuffer buffer;
        try {
            buffer = heap.alloc(AllocationRequest.of(PAGE));
        } catch (HeapException e) {
            require(e.code() == ErrorCode.OUT_OF_MEMORY, e.toString());
            return;
        }
        heap.restrict(buffer);
        heap.unrestrict(buffer);
        heap.free(buffer);
    }

    /** More than there is: on an idle pool it lends and takes back all the same. */
    @Operation
    public void askForTooMuch() {
        try {
            heap.alloc(AllocationRequest.of(3 * PAGE));
        } catch (HeapException e) {
            require(e.code() == ErrorCode.OUT_OF_MEMORY, e.toString());
            return;
        }
        throw new AssertionError("three pages of two");
    }

    @Validate
    public void allIsTakenBack() {
        require(taken.get() == 0 && lent.get() == 0 && firmwareHas.get() == 0, "something is still lent");
    }

    @Test
    void keepsItsProtocolInEveryInterleaving() {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(300)
                .threads(3)
                .actorsPerThread(2)
                // The allocator looks through the bits of a word, which is a loop and no hanging.
                .loopBound(10_000)
                .check(getClass());
    }
}
