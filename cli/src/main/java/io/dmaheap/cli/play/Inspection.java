package io.dmaheap.cli.play;

/**
 * What was found in the contents of buffers.
 *
 * @param checkedBytes the bytes of fresh buffers that were looked at
 * @param nonZeroBytes those that were not zero
 * @param brokenPromises those that were not zero in a heap that says it hands out zeros
 * @param untouchable buffers that the CPU may not look into
 * @param lostPages pages whose contents were not what had been written
 */
public record Inspection(long checkedBytes, long nonZeroBytes, long brokenPromises, long untouchable, long lostPages) {
    static final Inspection NONE = new Inspection(0, 0, 0, 0, 0);

    Inspection plus(Inspection other) {
        return new Inspection(
                checkedBytes + other.checkedBytes,
                nonZeroBytes + other.nonZeroBytes,
                brokenPromises + other.brokenPromises,
                untouchable + other.untouchable,
                lostPages + other.lostPages);
    }

    /** Whether contents were as they must be. */
    public boolean clean() {
        return brokenPromises == 0 && lostPages == 0;
    }
}
