package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends a thread a signal that interrupts its system calls instead of restarting them. The JVM has no use for {@code SIGUSR1}. */
final class Signals {
    private static final int SIGUSR1 = 10;
    private static final Linker LINKER = Linker.nativeLinker();

    private static volatile int target;

    private Signals() {}

    /** Makes this thread the one that signals go to. */
    static int register() {
        try {
            // abs(3) is a handler that does nothing: it takes an int, and nobody looks at what it returns.
            MemorySegment handler = LINKER.defaultLookup().findOrThrow("abs");
            int ignored = (int) function("siginterrupt", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)
                    .invokeExact(SIGUSR1, 1);
            MethodHandle signal = LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("signal"),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            MemorySegment previous = (MemorySegment) signal.invokeExact(SIGUSR1, handler);
            target = (int) function("gettid").invokeExact();
            return ignored + (int) previous.address() + target;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static void send() {
        try {
            int pid = (int) ProcessHandle.current().pid();
            int result = (int) function("tgkill", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)
                    .invokeExact(pid, target, SIGUSR1);
            assertThat(result).isZero();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The first signals may come before the thread is in its system call. */
    static void sendUntilDone(Future<?> work) throws Exception {
        while (true) {
            send();
            try {
                work.get(50, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException _) {
                assertThat(work.isDone()).isFalse();
            }
        }
    }

    private static MethodHandle function(String name, ValueLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
    }
}
