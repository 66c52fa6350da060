package io.dmaheap.testkit;

import io.dmaheap.DmaBuf;
import java.time.Duration;
import java.util.function.Supplier;

/** Who works on protected contents, which the CPU cannot: a trusted application, or a device that the bus lets in. */
interface Insider extends AutoCloseable {

    /** Takes a buffer to work on. It lives for as long as that lasts, whatever becomes of its handles. */
    Workpiece take(DmaBuf buffer);

    /** Waits until nothing runs any more that was {@linkplain Workpiece#abandonFill abandoned}; a minute at most. */
    void settle();

    @Override
    void close();

    /**
     * A buffer that is worked on. A range that leaves it is an {@link IndexOutOfBoundsException}, before anybody inside hears of it.
     */
    interface Workpiece extends AutoCloseable {

        /** Bytes. */
        long size();

        /** Brings contents in from normal memory. */
        void inject(long offset, byte[] contents);

        /** Carries contents out to normal memory: what one inside may do, and a wise one would not. */
        byte[] dump(long offset, int size);

        /** Replaces each byte by its complement plus one. */
        void transform(long offset, int size);

        /** Has another one inside do that. */
        void pass(long offset, int size);

        /** Takes the SHA-256 of what is in there. */
        byte[] sha256(long offset, int size);

        /** Copies as much to another buffer, from beginning to beginning. */
        void copyTo(Workpiece target, int size);

        /** Writes bytes that begin with this one and go up. */
        void fill(long offset, int size, int first);

        /** Adds up all bytes, modulo 2<sup>32</sup>. */
        long sum(long offset, int size);

        /**
         * Begins to {@link #fill} all of it and closes this under the work: a command is given up, a transfer is cut off. It may run on
         * after this returned.
         *
         * @param patience how long to wait for the work
         */
        void abandonFill(int first, Duration patience);

        /**
         * Begins to {@link #dump} all of it and closes this under the work, as {@link #abandonFill}.
         *
         * @return what came out, complete once the insider has {@linkplain Insider#settle() settled}; zeros where nothing did
         */
        Supplier<byte[]> abandonDump(Duration patience);

        @Override
        void close();
    }
}
