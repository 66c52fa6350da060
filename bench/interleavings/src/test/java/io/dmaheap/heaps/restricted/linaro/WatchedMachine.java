package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.ProtectedMemoryFirmware;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The firmware and the pages that are lent to it, one pool at a time; whoever breaks the protocol gets an {@link AssertionError}. */
final class WatchedMachine implements ProtectedMemoryFirmware {
    static final int PAGE = 4096;

    /** The bytes of the pool. */
    static final int POOL = 2 * PAGE;

    private final AtomicLong firmwareHas = new AtomicLong();
    private final AtomicInteger lent = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();

    static void require(boolean good, String what) {
        if (!good) {
            throw new AssertionError(what);
        }
    }

    /** The pages. */
    MemoryRegion region() {
        return new Region();
    }

    /** Everything ended. */
    void requireIdle() {
        require(taken.get() == 0 && lent.get() == 0 && firmwareHas.get() == 0, "something is still lent");
    }

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
            return 1 << 20;
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
            var range = new PhysicalRange(base() + offset, size);
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
}
