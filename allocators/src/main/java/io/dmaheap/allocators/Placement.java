package io.dmaheap.allocators;

/**
 * Which of the free ranges of a {@link Pool} a request gets. Each rule is one of the algorithms of {@code lib/genalloc.c}; all
 * work chunk by chunk and never weigh one chunk against another.
 */
public sealed interface Placement {

    /** The lowest free run that is long enough; what a kernel pool does unless told otherwise. */
    static Placement firstFit() {
        return FirstFit.INSTANCE;
    }

    /**
     * The lowest place whose address is a multiple of {@code bytes}.
     *
     * @param bytes a power of two; less than a granule means no alignment
     */
    static Placement aligned(long bytes) {
        return new Aligned(bytes);
    }

    /** The lowest place whose distance from the start of its chunk is a multiple of the request rounded up to a power of two. */
    static Placement orderAligned() {
        return OrderAligned.INSTANCE;
    }

    /** The start of the shortest free run that is long enough, the lowest of several such runs. */
    static Placement bestFit() {
        return BestFit.INSTANCE;
    }

    /**
     * Exactly {@code offset} bytes from the start of a chunk, or nothing in that chunk.
     *
     * @param offset a multiple of the pool's granule
     */
    static Placement fixed(long offset) {
        return new Fixed(offset);
    }

    /** {@code gen_pool_first_fit}. */
    enum FirstFit implements Placement {
        /** The rule has no parameters. */
        INSTANCE
    }

    /**
     * {@code gen_pool_first_fit_align}. If the start of a chunk is not a multiple of the granule, neither is any address in it,
     * whatever the alignment: the kernel rounds the start down to a granule before it aligns.
     *
     * @param bytes a power of two
     */
    record Aligned(long bytes) implements Placement {
        /** Checks that the alignment is a power of two. */
        public Aligned {
            if (bytes <= 0 || Long.bitCount(bytes) != 1) {
                throw new IllegalArgumentException("alignment must be a power of two, not " + bytes);
            }
        }
    }

    /** {@code gen_pool_first_fit_order_align}. */
    enum OrderAligned implements Placement {
        /** The rule has no parameters. */
        INSTANCE
    }

    /** {@code gen_pool_best_fit}. */
    enum BestFit implements Placement {
        /** The rule has no parameters. */
        INSTANCE
    }

    /**
     * {@code gen_pool_fixed_alloc}.
     *
     * @param offset bytes from the start of a chunk
     */
    record Fixed(long offset) implements Placement {
        /** Checks that the offset is not negative. */
        public Fixed {
            if (offset < 0) {
                throw new IllegalArgumentException("offset must not be negative: " + offset);
            }
        }
    }
}
