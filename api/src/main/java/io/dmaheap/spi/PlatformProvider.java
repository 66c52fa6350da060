package io.dmaheap.spi;

import io.dmaheap.Finding;
import io.dmaheap.PublicApi;
import java.util.List;
import java.util.Map;

/** Offers a platform. Found by {@link java.util.ServiceLoader} on the class or module path. */
@PublicApi(audience = PublicApi.Audience.PLATFORMS)
public interface PlatformProvider {

    /** A short name for {@code --platform}: {@code linux}, {@code emulator}. */
    String name();

    /** Whether the platform can be used here and now, and why. Opens nothing for longer than the call. */
    Suitability suitability();

    /**
     * Whether the machine has heaps of this platform, even if this process may not use one of them. The provider of the highest rank
     * whose machine has heaps is taken, or opening fails: no program gets an emulator in place of a kernel that has heaps.
     *
     * @implSpec the default is {@link Suitability#usable()} of {@link #suitability()}
     */
    default boolean hasHeaps() {
        return suitability().usable();
    }

    /**
     * Whether the platform can be opened though it is not usable now: what needs no heap works, and heaps that come later, or become
     * accessible later, are found ({@link Platform#watch}). A platform that was asked for by name, or that {@linkplain #hasHeaps() has
     * heaps}, is then opened all the same.
     *
     * @implSpec the default is {@code false}
     */
    default boolean mayBecomeUsable() {
        return false;
    }

    /**
     * Opens the platform.
     *
     * @param configuration the settings {@code platform.<name>.<key>} of the policy file, by {@code <key>}
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#PLATFORM_UNAVAILABLE}
     */
    Platform open(Map<String, String> configuration);

    /** What works and what does not, for {@code dmaheap doctor}. Never throws. */
    default List<Finding> diagnose() {
        return List.of();
    }

    /**
     * Whether a platform can be used.
     *
     * @param usable whether it can
     * @param rank among usable platforms the highest wins: the real kernel is 100, the emulator 0
     * @param reason why, in words that complete "linux: …"
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    record Suitability(boolean usable, int rank, String reason) {}
}
