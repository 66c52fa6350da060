package io.dmaheap.testkit;

import io.dmaheap.Finding;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A platform of which a test holds both ends: the heaps on it, and what is below them.
 *
 * {@snippet :
 * var board = Emulator.standard();
 * var platform = new PlatformInHand(board);
 * try (var heaps = platform.open()) {
 *     board.faults().fail(FaultPoint.SCRUB, 1);
 *     platform.region("protected@66000000").take(0, AllocationRequest.of(4096)).release();
 * }
 * }
 *
 * <p>Safe for use by several threads once it is open.
 */
public final class PlatformInHand implements PlatformProvider {
    private final PlatformProvider provider;
    private volatile @Nullable Platform opened;

    /** What {@code provider} offers. */
    public PlatformInHand(PlatformProvider provider) {
        this.provider = Objects.requireNonNull(provider, "provider");
    }

    /** Opens the heaps on it with the default options; {@link Heaps#open(HeapsOptions, PlatformProvider)} takes others. */
    public Heaps open() {
        return Heaps.open(HeapsOptions.defaults(), this);
    }

    /**
     * The platform below the heaps, which close it; the last one if they were opened several times.
     *
     * @throws IllegalStateException if it has not been opened
     */
    public Platform platform() {
        Platform platform = opened;
        if (platform == null) {
            throw new IllegalStateException("the platform " + name() + " has not been opened");
        }
        return platform;
    }

    /**
     * What the normal world sees of a region of reserved memory.
     *
     * @throws AssertionError if the platform has none of that name
     */
    public MemoryRegion region(String name) {
        List<MemoryRegion> regions = platform().regions();
        return regions.stream()
                .filter(region -> region.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no region " + name + " among "
                        + regions.stream().map(MemoryRegion::name).toList()));
    }

    @Override
    public String name() {
        return provider.name();
    }

    @Override
    public Suitability suitability() {
        return provider.suitability();
    }

    @Override
    public Platform open(Map<String, String> configuration) {
        Platform platform = provider.open(configuration);
        opened = platform;
        return platform;
    }

    @Override
    public List<Finding> diagnose() {
        return provider.diagnose();
    }
}
