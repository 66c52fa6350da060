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
 * {@snippet :
 * var need = Need.any().require(Trait.CONTIGUOUS).prefer(Trait.CACHED).forUseCase("secure-video");
 * }
 *
 * @param size the bytes of one buffer, 0 if not known yet: a heap whose pool is smaller is refused
 * @param wishes what is wanted of each trait; a trait that is absent does not matter
 * @param useCase the protected use case, empty for ordinary memory: a heap protected for another use is never chosen
 * @param devices the devices that will use the buffer: a heap must suit them all
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Need(long size, Map<Trait, Wish> wishes, Optional<String> useCase, Set<String> devices) {

    /** Copies the collections. */
    public Need {
        wishes = Map.copyOf(wishes);
        devices = Set.copyOf(devices);
        Objects.requireNonNull(useCase, "useCase");
        if (size < 0) {
            throw new IllegalArgumentException("size must not be negative: " + size);
        }
    }

    /** Any memory at all, as long as it is not protected. */
    public static Need any() {
        return new Need(0, Map.of(), Optional.empty(), Set.of());
    }

    /** Must hold buffers of {@code bytes}. */
    public Need ofSize(long bytes) {
        return new Need(bytes, wishes, useCase, devices);
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
        return new Need(size, with(Trait.PROTECTED, Wish.REQUIRED).wishes, Optional.of(word), devices);
    }

    /** Will be used by these devices as well. */
    public Need usedBy(String... names) {
        Set<String> all = new HashSet<>(devices);
        all.addAll(List.of(names));
        return new Need(size, wishes, useCase, all);
    }

    private Need with(Trait trait, Wish wish) {
        var changed = new EnumMap<Trait, Wish>(Trait.class);
        changed.putAll(wishes);
        changed.put(trait, wish);
        return new Need(size, changed, useCase, devices);
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
