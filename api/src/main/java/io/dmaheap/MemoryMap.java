package io.dmaheap;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A picture of the machine's memory at one moment: what its description sets aside, and who has which part of it.
 *
 * <p>What is taken is read in one step for the whole machine, so that a picture never shows a buffer twice, nor two buffers in one
 * place, however many threads allocate meanwhile; it is old as soon as it is returned.
 *
 * @param machine what the machine calls itself
 * @param areas ordinary memory and the regions that are set aside, by address; those whose address nobody tells come last
 * @param firmware what of the secure world is known, one line each
 * @param flaws what is wrong with the machine's description
 * @param unknown what the platform cannot tell, one sentence each
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record MemoryMap(
        String machine, List<MemoryArea> areas, List<String> firmware, List<Flaw> flaws, List<String> unknown) {

    /** Copies the lists. */
    public MemoryMap {
        Objects.requireNonNull(machine, "machine");
        areas = List.copyOf(areas);
        firmware = List.copyOf(firmware);
        flaws = List.copyOf(flaws);
        unknown = List.copyOf(unknown);
    }

    /** The area behind a heap, or of this name. */
    public Optional<MemoryArea> area(String heapOrArea) {
        return areas.stream()
                .filter(area -> area.name().equals(heapOrArea) || area.heaps().contains(heapOrArea))
                .findFirst();
    }

    /** What an area is for. New kinds may appear. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public enum Kind {
        /** Memory that nothing sets aside. */
        ORDINARY,
        /** Contiguous, lent to movable pages when idle. */
        CMA,
        /** The same, made a heap of its own by a {@code linux,cma} node. */
        STANDALONE_CMA,
        /** For coherent allocations of its devices. */
        COHERENT,
        /** Bounce buffers. */
        BOUNCE,
        /** A fixed range for one purpose. */
        CARVEOUT
    }

    /** What is said of an area beside its kind. New flags may appear. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public enum Flag {
        /** The default area of its kind ({@code linux,cma-default}). */
        DEFAULT,
        /** Ordinary pages may use it while its owner does not. */
        REUSABLE,
        /** The CPU must never map it. */
        NO_MAP,
        /** Set aside for protected memory. */
        FOR_PROTECTION
    }

    /** What a part of an area is taken by. New uses may appear. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public enum Use {
        /** A buffer, or a piece of one. */
        BUFFER,
        /** Nothing, but it is lent to the secure world. */
        LENT,
        /** Pages that something holds in place, so that nothing can be allocated there. */
        PINNED
    }

    /**
     * A part of an area that is taken.
     *
     * @param base the first physical address
     * @param size bytes
     * @param use what it is taken by
     * @param lent whether it lies in memory that is lent to the secure world
     * @param label the buffer's label, if it has one
     * @param client on whose behalf the buffer was allocated, if that was said
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public record Extent(long base, long size, Use use, boolean lent, Optional<String> label, Optional<String> client) {
        /** Checks that all parts are there. */
        public Extent {
            Objects.requireNonNull(use, "use");
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(client, "client");
        }

        /** The first address after it. */
        public long end() {
            return base + size;
        }
    }

    /**
     * Something wrong with the machine's description.
     *
     * @param node the path of the node
     * @param message what is wrong, in a sentence
     * @param hint what to change
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public record Flaw(String node, String message, String hint) {
        /** Checks that all parts are there. */
        public Flaw {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(hint, "hint");
        }
    }
}
