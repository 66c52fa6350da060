package io.dmaheap.linux.socket;

import io.dmaheap.linux.libc.SocketStructs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A {@code struct msghdr} with its payload and control data.
 *
 * <p>On the wire each payload follows one byte, {@value #FORMAT}: a message of no bytes at all could not be told from the end of
 * the connection.
 */
final class Envelope {
    /** The first byte of each message. */
    static final byte FORMAT = 1;
    /** The most bytes of a payload. */
    static final int MAX_PAYLOAD = 128 * 1024;
    /** The most descriptors of a message: {@code SCM_MAX_FD}, include/net/scm.h. */
    static final int MAX_DESCRIPTORS = 253;

    private static final long HEADER_BYTES = SocketStructs.CMSGHDR.byteSize();

    private final MemorySegment message;
    private final MemorySegment payload;
    private final MemorySegment control;

    private Envelope(MemorySegment message, MemorySegment payload, MemorySegment control) {
        this.message = message;
        this.payload = payload;
        this.control = control;
    }

    /** With room for the largest message. */
    static Envelope empty(Arena arena) {
        return of(arena, arena.allocate(1 + MAX_PAYLOAD), arena.allocate(space(MAX_DESCRIPTORS), Long.BYTES));
    }

    /** With a message to send. */
    static Envelope of(Arena arena, byte[] bytes, int[] descriptors) {
        MemorySegment payload = arena.allocate(1L + bytes.length);
        payload.set(ValueLayout.JAVA_BYTE, 0, FORMAT);
        MemorySegment.copy(bytes, 0, payload, ValueLayout.JAVA_BYTE, 1, bytes.length);
        if (descriptors.length == 0) {
            return of(arena, payload, MemorySegment.NULL);
        }
        MemorySegment control = arena.allocate(space(descriptors.length), Long.BYTES);
        SocketStructs.CMSG_LEN.set(control, 0L, HEADER_BYTES + (long) Integer.BYTES * descriptors.length);
        SocketStructs.CMSG_LEVEL.set(control, 0L, SocketStructs.SOL_SOCKET);
        SocketStructs.CMSG_TYPE.set(control, 0L, SocketStructs.SCM_RIGHTS);
        MemorySegment.copy(descriptors, 0, control, ValueLayout.JAVA_INT, HEADER_BYTES, descriptors.length);
        return of(arena, payload, control);
    }

    private static Envelope of(Arena arena, MemorySegment payload, MemorySegment control) {
        MemorySegment vector = arena.allocate(SocketStructs.IOVEC);
        SocketStructs.IOV_BASE.set(vector, 0L, payload);
        SocketStructs.IOV_LEN.set(vector, 0L, payload.byteSize());
        MemorySegment message = arena.allocate(SocketStructs.MSGHDR);
        SocketStructs.MSG_IOV.set(message, 0L, vector);
        SocketStructs.MSG_IOVLEN.set(message, 0L, 1L);
        SocketStructs.MSG_CONTROL.set(message, 0L, control);
        SocketStructs.MSG_CONTROLLEN.set(message, 0L, control.byteSize());
        return new Envelope(message, payload, control);
    }

    private static long space(int descriptors) {
        return align(HEADER_BYTES + (long) Integer.BYTES * descriptors);
    }

    private static long align(long length) {
        return (length + Long.BYTES - 1) & -Long.BYTES;
    }

    MemorySegment message() {
        return message;
    }

    /** The flags that the kernel set on receiving. */
    int flags() {
        return (int) SocketStructs.MSG_FLAGS.get(message, 0L);
    }

    boolean isWellFormed(long received) {
        return received >= 1 && payload.get(ValueLayout.JAVA_BYTE, 0) == FORMAT;
    }

    byte[] payload(long received) {
        return payload.asSlice(1, received - 1).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Every descriptor that the kernel installed: from now on they are open in this process. */
    List<Integer> descriptors() {
        var found = new ArrayList<Integer>();
        forEachDescriptor(found::add);
        return found;
    }

    /** As {@link #descriptors()}, without a list: it needs no memory. */
    void forEachDescriptor(IntConsumer action) {
        long end = (long) SocketStructs.MSG_CONTROLLEN.get(message, 0L);
        for (long at = 0; at + HEADER_BYTES <= end; ) {
            long length = (long) SocketStructs.CMSG_LEN.get(control, at);
            if (length < HEADER_BYTES) {
                break;
            }
            boolean rights = (int) SocketStructs.CMSG_LEVEL.get(control, at) == SocketStructs.SOL_SOCKET
                    && (int) SocketStructs.CMSG_TYPE.get(control, at) == SocketStructs.SCM_RIGHTS;
            for (long data = at + HEADER_BYTES; rights && data + Integer.BYTES <= at + length; data += Integer.BYTES) {
                action.accept(control.get(ValueLayout.JAVA_INT, data));
            }
            at += align(length);
        }
    }
}
