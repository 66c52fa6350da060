package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operation, with every one of its system calls failing in turn: the error names the call's errno, descriptors and mappings are
 * what they were before, and the same object does the same thing well once the cause is gone.
 */
class FailureSweepTests {
    private static final int[] ERRNOS = {Errno.EIO, Errno.ENOMEM, Errno.EMFILE};

    /** Calls that give something back cannot fail for the caller. */
    private static final Set<String> TOLERATED = Set.of("close", "munmap", "TEE_IOC_CLOSE_SESSION");

    @TempDir
    Path root;

    @TestFactory
    Stream<DynamicTest> nothingLeaksWhicheverCallFails() throws Exception {
        return sweep((operation, call, position, errno) -> {
            var libc = new ScriptedLibc().failAt(position, errno);
            try {
                operation.run(libc, new Patience.None());
                assertThat(TOLERATED).contains(call);
            } catch (HeapException e) {
                assertThat(e.errno()).contains(Errno.name(errno));
                assertThat(e.operation()).isPresent();
            }
            assertThat(libc.held()).isEmpty();
        });
    }

    @TestFactory
    Stream<DynamicTest> whatFailedWorksOnTheSameObjectOnceTheCauseIsGone() throws Exception {
        return sweep((operation, call, position, errno) -> {
            var libc = new ScriptedLibc().failAt(position, errno);
            var patience = new Patience.Once();
            operation.run(libc, patience);
            assertThat(patience.failures()).isEqualTo(TOLERATED.contains(call) ? 0 : 1);
            assertThat(libc.held()).isEmpty();
        });
    }

    private interface Check {
        void run(Operations.Operation operation, String call, int position, int errno) throws Exception;
    }

    private Stream<DynamicTest> sweep(Check check) throws Exception {
        return Operations.all(root).entrySet().stream()
                .flatMap(entry -> sweep(entry.getKey(), entry.getValue(), check));
    }

    private static Stream<DynamicTest> sweep(String name, Operations.Operation operation, Check check) {
        List<String> calls = callsOf(operation);
        return IntStream.range(0, calls.size())
                .boxed()
                .flatMap(position -> IntStream.of(ERRNOS)
                        .mapToObj(errno -> DynamicTest.dynamicTest(
                                name + ": call " + position + ", " + calls.get(position) + ", fails with "
                                        + Errno.name(errno),
                                () -> check.run(operation, calls.get(position), position, errno))));
    }

    private static List<String> callsOf(Operations.Operation operation) {
        var libc = new ScriptedLibc();
        try {
            operation.run(libc, new Patience.None());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertThat(libc.held()).isEmpty();
        assertThat(libc.calls()).isNotEmpty();
        return libc.calls();
    }
}
