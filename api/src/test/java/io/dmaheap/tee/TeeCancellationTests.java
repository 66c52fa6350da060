package io.dmaheap.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TeeCancellationTests {
    @Test
    void aCallThatCannotBeAskedDoesNotKeepOthersFromBeingAsked() {
        var cancellation = new TeeCancellation();
        var asked = new AtomicInteger();
        var first = new IllegalStateException("first");
        cancellation.listen(() -> {
            throw first;
        });
        cancellation.listen(asked::incrementAndGet);
        cancellation.listen(() -> {
            throw new AssertionError("second");
        });
        cancellation.listen(asked::incrementAndGet);

        assertThatThrownBy(cancellation::cancel).isSameAs(first);

        assertThat(asked).hasValue(2);
        assertThat(first.getSuppressed()).hasSize(1);
        assertThat(cancellation.isRequested()).isTrue();
    }
}
