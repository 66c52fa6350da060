package io.dmaheap;

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
 * @param devices the devices that will use the buffer: a heap must suit them all
 * @param protectionKind how the memory must be protected, empty if any way will do
 * @param protector the id of the plugin whose protection it must be, such as {@code heaps-restricted-mtk}; empty if anybody's will do
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Need(
        long size,
        Map<Trait, Wish> wishes,
        Optional<String> useCase,
        Set<String> devices,
        Optional<Protection.Kind> protectionKind,
        Optional<String> protector) {

    /** Copies the collections. */
    public Need {
        wishes = Map.copyOf(wishes);
        devices = Set.copyOf(devices);
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

    /** Any memory at all, as long as it is not protected. */
    public static Need any() {
        return new Need(0, Map.of(), Optional.empty(), Set.of());
    }

    /** Must hold buffers of {@code bytes}. */
    public Need ofSize(long bytes) {
        return new Need(bytes, wishes, useCase, devices, protectionKind, protector);
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
        return new Need(size, protectedWishes(), Optional.of(word), devices, protectionKind, protector);
    }

    /** Must be protected in this way, for whatever use. */
    public Need protectedAs(Protection.Kind kind) {
        return new Need(size, protectedWishes(), useCase, devices, Optional.of(kind), protector);
    }

    /** Must be protected by heaps of the plugin of this id, such as {@code heaps-restricted-mtk}, for whatever use. */
    public Need protectedBy(String plugin) {
        return new Need(size, protectedWishes(), useCase, devices, protectionKind, Optional.of(plugin));
    }

    /** Will be used by these devices as well. */
    public Need usedBy(String... names) {
        Set<String> all = new HashSet<>(devices);
        all.addAll(List.of(names));
        return new Need(size, wishes, useCase, all, protectionKind, protector);
    }

    private Need with(Trait trait, Wish wish) {
        return new Need(size, wishesWith(trait, wish), useCase, devices, protectionKind, protector);
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
