package io.dmaheap.bench.allocate;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system calls of an allocation and nothing around them: what Java itself takes for them. The least that any library can reach,
 * with one argument structure for ever, no errno looked at and nobody who counts or closes.
 */
final class BareCalls implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = handle(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);

    private static final long DMA_HEAP_IOCTL_ALLOC = 0xc018_4800L;
    private static final int O_RDWR_CLOEXEC = 0x8_0002;

    private final MemorySegment errno = Arena.global().allocate(Linker.Option.captureStateLayout());
    private final MemorySegment argument = Arena.global().allocate(24, 8);
    private final int heap;

    BareCalls(String node) {
        try (Arena arena = Arena.ofConfined()) {
            heap = checked((int) OPEN.invokeExact(arena.allocateFrom(node), O_RDWR_CLOEXEC));
        } catch (Throwable e) {
            throw new AssertionError(node, e);
        }
    }

    private static MethodHandle handle(String name, FunctionDescriptor signature, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), signature, options);
    }

    /** Allocates and closes. */
    void run(long size) {
        argument.set(JAVA_LONG, 0, size);
        argument.set(JAVA_INT, 8, 0);
        argument.set(JAVA_INT, 12, O_RDWR_CLOEXEC);
        argument.set(JAVA_LONG, 16, 0);
        try {
            checked((int) IOCTL.invokeExact(errno, heap, DMA_HEAP_IOCTL_ALLOC, argument));
            checked((int) CLOSE.invokeExact(errno, argument.get(JAVA_INT, 8)));
        } catch (Throwable e) {
            throw new AssertionError("the kernel refused", e);
        }
    }

    private static int checked(int result) {
        if (result < 0) {
            throw new IllegalStateException("a system call failed");
        }
        return result;
    }

    @Override
    public void close() {
        try {
            checked((int) CLOSE.invokeExact(errno, heap));
        } catch (Throwable e) {
            throw new AssertionError("close", e);
        }
    }
}
