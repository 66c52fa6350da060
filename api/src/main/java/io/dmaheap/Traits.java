package io.dmaheap;

import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a heap's memory. No ioctl tells it (linux, up to 7.3), so on the kernel it comes from a documented table by
 * heap name; what nobody can say stays {@link Answer#UNKNOWN}.
 *
 * @param contiguous one physical segment, whatever the size
 * @param cached the CPU mapping is cached
 * @param cpuAccessible the CPU may map it
 * @param zeroed handed out filled with zeros
 * @param alignment the guaranteed alignment of the start in bytes, at least the page size; a power of two
 * @param protection what protects the memory, empty where nothing does
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Traits(
        Answer contiguous,
        Answer cached,
        Answer cpuAccessible,
        Answer zeroed,
        long alignment,
        Optional<Protection> protection) {

    /** Nothing known but page alignment. */
    public static final Traits UNKNOWN =
            new Traits(Answer.UNKNOWN, Answer.UNKNOWN, Answer.UNKNOWN, Answer.UNKNOWN, 4096, Optional.empty());

    /** Page-scattered, cached, zeroed memory that the CPU may map: what the kernel's {@code system} heap gives. */
    public static final Traits SYSTEM =
            new Traits(Answer.NO, Answer.YES, Answer.YES, Answer.YES, 4096, Optional.empty());

    /** Contiguous, cached, zeroed memory that the CPU may map: what the kernel's CMA heaps give. */
    public static final Traits CMA = new Traits(Answer.YES, Answer.YES, Answer.YES, Answer.YES, 4096, Optional.empty());

    /** Checks that all parts are there and that the alignment is a power of two. */
    public Traits {
        Objects.requireNonNull(contiguous, "contiguous");
        Objects.requireNonNull(cached, "cached");
        Objects.requireNonNull(cpuAccessible, "cpuAccessible");
        Objects.requireNonNull(zeroed, "zeroed");
        Objects.requireNonNull(protection, "protection");
        if (alignment <= 0 || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("alignment must be a power of two, not " + alignment);
        }
    }

    /**
     * Contiguous memory that the CPU can never touch. Not zeroed: neither the kernel nor OP-TEE clears such memory
     * (drivers/tee/tee_heap.c).
     */
    public static Traits protectedFor(Protection protection) {
        return new Traits(Answer.YES, Answer.UNKNOWN, Answer.NO, Answer.NO, 4096, Optional.of(protection));
    }

    /** Whether the memory has {@code trait}. */
    public Answer has(Trait trait) {
        return switch (trait) {
            case CONTIGUOUS -> contiguous;
            case CACHED -> cached;
            case CPU_ACCESSIBLE -> cpuAccessible;
            case ZEROED -> zeroed;
            case PROTECTED -> this.equals(UNKNOWN) ? Answer.UNKNOWN : Answer.of(protection.isPresent());
        };
    }

    /** The same traits with another zeroing guarantee. */
    public Traits withZeroed(Answer answer) {
        return new Traits(contiguous, cached, cpuAccessible, answer, alignment, protection);
    }

    /** The same traits with another alignment in bytes. */
    public Traits withAlignment(long bytes) {
        return new Traits(contiguous, cached, cpuAccessible, zeroed, bytes, protection);
    }
}
