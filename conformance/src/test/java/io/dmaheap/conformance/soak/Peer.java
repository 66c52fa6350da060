package io.dmaheap.conformance.soak;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that connects where buffers are received, and sends what it must not: other descriptors, broken messages, too much, too
 * little. In the end it dies in the middle. It calls the kernel itself, as nothing of dmaheap would let it do that.
 */
final class Peer {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int O_PATH = 0x200000;
    private static final byte FORMAT = 1;
    private static final int MOST_DESCRIPTORS = 253;
    private static final long HOLD = 50_000_000;

    private enum Misdeed {
        NOTHING,
        PIPE,
        ITSELF,
        NULL_DEVICE,
        DIRECTORY,
        PLAIN_FILE,
        PATH_ONLY,
        EVENT,
        EMPTY_BUFFER,
        UNEVEN_BUFFER,
        GOOD_BUFFER,
        GOOD_BUFFER_THAT_SHRINKS,
        MANY_PIPES,
        BUFFER_AND_PIPE,
        NO_BYTES,
        ANOTHER_FORMAT,
        NO_TEXT,
        TOO_LONG,
        FLOOD,
        SILENCE
    }

    private final Linker linker = Linker.nativeLinker();
    private final MethodHandle socket = call("socket", 3);
    private final MethodHandle pipe = linker.downcallHandle(
            linker.defaultLookup().findOrThrow("pipe"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private final MethodHandle open = linker.downcallHandle(
            linker.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private final MethodHandle memfd = linker.downcallHandle(
            linker.defaultLookup().findOrThrow("memfd_create"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private final MethodHandle truncate = linker.downcallHandle(
            linker.defaultLookup().findOrThrow("ftruncate"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private final MethodHandle event = call("eventfd", 2);
    private final MethodHandle close = call("close", 1);
    private final MethodHandle connect = linker.downcallHandle(
            linker.defaultLookup().findOrThrow("connect"),
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private final MethodHandle send = linker.downcallHandle(
            linker.defaultLookup().findOrThrow("sendmsg"),
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private final Path path;
    private final Path file;
    private final Random random;

    private Peer(Path path, Path file, long seed) {
        this.path = path;
        this.file = file;
        this.random = new Random(seed);
    }

    /** Arguments: the socket, the seed, the number of misdeeds. */
    public static void main(String[] arguments) throws Throwable {
        Path file = Files.createTempFile("dmaheap-soak", "peer");
        try {
            var peer = new Peer(Path.of(arguments[0]), file, Long.parseLong(arguments[1]));
            for (int count = Integer.parseInt(arguments[2]); count > 0; count--) {
                peer.misbehave();
            }
            int last = peer.connected();
            peer.sendText(last, "and then", peer.memfd(8192));
        } finally {
            Files.delete(file);
        }
        // With messages on their way and connections open.
        Runtime.getRuntime().halt(0);
    }

    private MethodHandle call(String name, int arguments) {
        ValueLayout[] layouts = new ValueLayout[arguments];
        Arrays.fill(layouts, ValueLayout.JAVA_INT);
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts));
    }

    private void misbehave() throws Throwable {
        int to = connected();
        if (to < 0) {
            return;
        }
        switch (Misdeed.values()[random.nextInt(Misdeed.values().length)]) {
            case NOTHING -> {}
            case PIPE -> sendText(to, "a pipe", pipe());
            case ITSELF -> sendKept(to, bytes("itself"), to);
            case NULL_DEVICE -> sendText(to, "null", open("/dev/null", 0));
            case DIRECTORY -> sendText(to, "a directory", open("/", 0));
            case PLAIN_FILE -> sendText(to, "a file", open(file.toString(), 0));
            case PATH_ONLY -> sendText(to, "a path", open(file.toString(), O_PATH));
            case EVENT -> sendText(to, "an event", (int) event.invokeExact(0, 0));
            case EMPTY_BUFFER -> sendText(to, "empty", memfd(0));
            case UNEVEN_BUFFER -> sendText(to, "uneven", memfd(5000));
            case GOOD_BUFFER -> sendText(to, "good", memfd(8192));
            case GOOD_BUFFER_THAT_SHRINKS -> {
                int buffer = memfd(1 << 20);
                sendKept(to, bytes("it shrinks"), buffer);
                int _ = (int) truncate.invokeExact(buffer, 4096L);
                close(buffer);
            }
            case MANY_PIPES -> {
                int[] pipes = new int[MOST_DESCRIPTORS];
                Arrays.fill(pipes, pipe());
                sendKept(to, bytes("many"), pipes);
                close(pipes[0]);
            }
            case BUFFER_AND_PIPE -> sendText(to, "both", memfd(4096), pipe());
            case NO_BYTES -> sendText(to, new byte[0], pipe());
            case ANOTHER_FORMAT -> sendText(to, "\7not yours".getBytes(StandardCharsets.UTF_8), memfd(4096));
            case NO_TEXT -> sendText(to, new byte[] {FORMAT, (byte) 0xc3, (byte) 0x28, 0, (byte) 0xff});
            case TOO_LONG -> sendText(to, bytes("x".repeat(140_000)), pipe());
            case FLOOD -> {
                for (int i = 0; i < 100; i++) {
                    sendText(to, "one of many", memfd(4096));
                }
            }
            case SILENCE -> LockSupport.parkNanos(HOLD);
        }
        if (random.nextInt(4) != 0) {
            close(to);
        }
    }

    private static byte[] bytes(String text) {
        byte[] words = text.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[1 + words.length];
        all[0] = FORMAT;
        System.arraycopy(words, 0, all, 1, words.length);
        return all;
    }

    /** A connection, or a negative number. */
    private int connected() throws Throwable {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(110);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            int fd = (int) socket.invokeExact(AF_UNIX, SOCK_SEQPACKET, 0);
            int result = (int) connect.invokeExact(fd, address, 2 + name.length + 1);
            if (result < 0) {
                close(fd);
                return result;
            }
            return fd;
        }
    }

    private int pipe() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocate(ValueLayout.JAVA_INT, 2);
            if ((int) pipe.invokeExact(both) < 0) {
                throw new IOException("no pipe");
            }
            close(both.getAtIndex(ValueLayout.JAVA_INT, 1));
            return both.getAtIndex(ValueLayout.JAVA_INT, 0);
        }
    }

    private int open(String name, int flags) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            return (int) open.invokeExact(arena.allocateFrom(name), flags);
        }
    }

    private int memfd(long size) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) memfd.invokeExact(arena.allocateFrom("soak"), 0);
            int _ = (int) truncate.invokeExact(fd, size);
            return fd;
        }
    }

    private void close(int fd) throws Throwable {
        int _ = (int) close.invokeExact(fd);
    }

    private void sendText(int to, String text, int... descriptors) throws Throwable {
        sendText(to, bytes(text), descriptors);
    }

    private void sendText(int to, byte[] bytes, int... descriptors) throws Throwable {
        sendKept(to, bytes, descriptors);
        for (int descriptor : descriptors) {
            close(descriptor);
        }
    }

    /** With a {@code struct msghdr} for 64 bits; what the receiver does not take in time is not sent. */
    private void sendKept(int to, byte[] bytes, int... descriptors) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment payload = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, payload, ValueLayout.JAVA_BYTE, 0, bytes.length);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(ValueLayout.ADDRESS, 0, payload);
            vector.set(ValueLayout.JAVA_LONG, 8, bytes.length);
            MemorySegment message = arena.allocate(56, 8);
            message.set(ValueLayout.ADDRESS, 16, vector);
            message.set(ValueLayout.JAVA_LONG, 24, 1);
            if (descriptors.length > 0) {
                long length = 16 + 4L * descriptors.length;
                MemorySegment control = arena.allocate((length + 7) & -8, 8);
                control.set(ValueLayout.JAVA_LONG, 0, length);
                control.set(ValueLayout.JAVA_INT, 8, SOL_SOCKET);
                control.set(ValueLayout.JAVA_INT, 12, SCM_RIGHTS);
                MemorySegment.copy(descriptors, 0, control, ValueLayout.JAVA_INT, 16, descriptors.length);
                message.set(ValueLayout.ADDRESS, 32, control);
                message.set(ValueLayout.JAVA_LONG, 40, control.byteSize());
            }
            long _ = (long) send.invokeExact(to, message, MSG_DONTWAIT | MSG_NOSIGNAL);
        }
    }
}
