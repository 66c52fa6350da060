package io.dmaheap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** What the chapters of the contract speak about: one heap, opened for one test, and the words they share. */
interface Subject {

    /** The framework that the heap was found in. */
    Heaps heaps();

    /** The heap under test; closed by whoever opened it. */
    Heap heap();

    /**
     * Runs a test of CPU access on a new buffer. On a heap that the CPU cannot touch it checks instead that every way in is refused
     * as such, and runs nothing.
     */
    default void withCpu(long size, Consumer<DmaBuf> test) {
        try (var buffer = heap().allocate(size)) {
            if (heap().traits().cpuAccessible() == Answer.NO) {
                assertRefusesCpu(buffer);
            } else {
                test.accept(buffer);
            }
        }
    }

    /** Checks that no kind of CPU access works, and that the message says why. */
    default void assertRefusesCpu(DmaBuf buffer) {
        for (Callable<?> way : List.<Callable<?>>of(
                buffer::read,
                buffer::write,
                () -> buffer.access(Access.READ_WRITE),
                () -> buffer.sharedAccess(Access.READ_WRITE))) {
            var refusal = refusal(way);
            assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE);
            if (heap().traits().protection().isPresent()) {
                assertThat(refusal).message().containsIgnoringCase("protected");
            }
        }
        assertThat(heaps().usage().mappings()).as("mappings after a refusal").isZero();
    }

    /**
     * As {@link #refusal(ThrowingCallable)}. What is handed out instead is closed at once: found by the garbage collector later, it
     * would disturb the count of what another test holds.
     */
    static HeapException refusal(Callable<?> call) {
        return refusal((ThrowingCallable) () -> {
            if (call.call() instanceof AutoCloseable unexpected) {
                unexpected.close();
            }
        });
    }

    /** Runs what must fail with a {@link HeapException} that a person can act on. */
    static HeapException refusal(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as("a refusal").isInstanceOf(HeapException.class);
        assertThat(thrown).message().isNotBlank();
        return (HeapException) thrown;
    }

    /** The value, which the test has set up. */
    static <T> T present(@Nullable T value) {
        return Objects.requireNonNull(value, "the test has not started");
    }
}
