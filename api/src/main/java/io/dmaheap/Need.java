package io.dmaheap;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a caller needs of a heap, by trait and not by name. Immutable; each method gives a changed copy.
 *
 * <p>Protected memory is chosen of one protection only. A need that several would meet gets the one of the best heap, and never
 * falls back to another; {@link #protectedBy} and {@link #protectedAs} name the one that is meant.
 *
 * {@snippet :
 * var need = Need.any().require(Trait.CONTIGUOUS).prefer(Trait.CACHED).forUseCase("secure-video");
 * }
 *
 * @param size the bytes of one buffer, 0 if not known yet: a heap whose pool is smaller is refused
 * @param wishes what is wanted of each trait; a trait that is absent does not matter
 * @param useCase the protected use case, empty for ordinary memory: a heap protected for another use is never chosen
 * @param devices the devices that will use the buffer. A heap that one of them cannot use is refused; one of which that is not known
 *     comes last
 * @param protectionKind how the memory must be protected, empty if any way will do
 * @param protector the id of the plugin whose protection it must be, such as {@code heaps-restricted-mtk}; empty if anybody's will do
 * @param certainDevices those of the devices that must be known to be able to use the memory
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Need(
        long size,
        Map<Trait, Wish> wishes,
        Optional<String> useCase,
        Set<String> devices,
        Optional<Protection.Kind> protectionKind,
        Optional<String> protector,
        Set<String> certainDevices) {

    /** Copies the collections. */
    public Need {
        wishes = Map.copyOf(wishes);
        certainDevices = Set.copyOf(certainDevices);
        devices = union(devices, certainDevices);
        Objects.requireNonNull(useCase, "useCase");
        Objects.requireNonNull(protectionKind, "protectionKind");
        Objects.requireNonNull(protector, "protector");
        if (size < 0) {
            throw new IllegalArgumentException("size must not be negative: " + size);
        }
    }

    /** Names no protection. */
    public Need(long size, Map<Trait, Wish> wishes, Optional<String> useCase, Set<String> devices) {
        this(size, wishes, useCase, devices, Optional.empty(), Optional.empty());
    }

    /** Names no device of which it must be known. */
    public Need(
            long size,
            Map<Trait, Wish> wishes,
            Optional<String> useCase,
            Set<String> devices,
            Optional<Protection.Kind> protectionKind,
            Optional<String> protector) {
        this(size, wishes, useCase, devices, protectionKind, protector, Set.of());
    }

    /** Any memory at all, as long as it is not protected. */
    public static Need any() {
        return new Need(0, Map.of(), Optional.empty(), Set.of());
    }

    /** Must hold buffers of {@code bytes}. */
    public Need ofSize(long bytes) {
        return new Need(bytes, wishes, useCase, devices, protectionKind, protector, certainDevices);
    }

    /** Must have the trait; "unknown" is not enough. */
    public Need require(Trait trait) {
        return with(trait, Wish.REQUIRED);
    }

    /** Better with the trait. */
    public Need prefer(Trait trait) {
        return with(trait, Wish.PREFERRED);
    }

    /** Must not have the trait; "unknown" is not enough. */
    public Need forbid(Trait trait) {
        return with(trait, Wish.FORBIDDEN);
    }

    /** Must be protected for this use case. */
    public Need forUseCase(String word) {
        return new Need(size, protectedWishes(), Optional.of(word), devices, protectionKind, protector, certainDevices);
    }

    /** Must be protected in this way, for whatever use. */
    public Need protectedAs(Protection.Kind kind) {
        return new Need(size, protectedWishes(), useCase, devices, Optional.of(kind), protector, certainDevices);
    }

    /** Must be protected by heaps of the plugin of this id, such as {@code heaps-restricted-mtk}, for whatever use. */
    public Need protectedBy(String plugin) {
        return new Need(size, protectedWishes(), useCase, devices, protectionKind, Optional.of(plugin), certainDevices);
    }

    /**
     * Will be used by these devices as well. A heap that one of them cannot use is refused: its addresses do not reach the memory, a buffer
     * of this {@linkplain #ofSize size} has too many segments, or it is protected from the device. A heap of which that is not known is
     * taken, and comes last. A real kernel names no devices, so there this excludes nothing; what the policy says of a device
     * ({@code device.NAME}) counts on every platform.
     */
    public Need usedBy(String... names) {
        return withDevices(union(devices, List.of(names)), certainDevices);
    }

    /**
     * Will be used by these devices as well, and each of them must be known to be able to. A heap is refused if the device is not known
     * here, unless the policy names the heap for it ({@code device.NAME}), and if only an allocation would show whether the device can
     * use the memory.
     */
    public Need requireUsableBy(String... names) {
        return withDevices(devices, union(certainDevices, List.of(names)));
    }

    private Need withDevices(Set<String> all, Set<String> certain) {
        return new Need(size, wishes, useCase, all, protectionKind, protector, certain);
    }

    private static Set<String> union(Set<String> some, Collection<String> more) {
        Set<String> all = new HashSet<>(some);
        all.addAll(more);
        return Set.copyOf(all);
    }

    private Need with(Trait trait, Wish wish) {
        return new Need(size, wishesWith(trait, wish), useCase, devices, protectionKind, protector, certainDevices);
    }

    private Map<Trait, Wish> protectedWishes() {
        return wishesWith(Trait.PROTECTED, Wish.REQUIRED);
    }

    private Map<Trait, Wish> wishesWith(Trait trait, Wish wish) {
        var changed = new EnumMap<Trait, Wish>(Trait.class);
        changed.putAll(wishes);
        changed.put(trait, wish);
        return changed;
    }

    /** How much a trait matters. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public enum Wish {
        /** No heap without it. */
        REQUIRED,
        /** Heaps with it come first. */
        PREFERRED,
        /** No heap with it. */
        FORBIDDEN
    }
}
