package io.dmaheap.testkit;

import io.dmaheap.Heaps;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test that leaves behind a file descriptor, a mapping of a buffer, or anything that {@link Heaps#usage()} counts, without
 * waiting for the garbage collector; and one in which a plugin failed where it must not, such as in the release of a buffer, which its
 * caller does not see ({@link Heaps#problems()}).
 *
 * {@snippet :
 * @ExtendWith(NoLeaks.class)                                       // descriptors and mappings of the process
 * @RegisterExtension final NoLeaks leaks = new NoLeaks(heaps);     // and what one Heaps instance counts
 * }
 *
 * <p>Compares before {@code @BeforeEach} with after {@code @AfterEach}. It sees the whole process, so tests that use it must not
 * run in parallel with others. Where there is no {@code /proc}, only the usage is compared.
 */
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(NoLeaks.class);

    private final Optional<Heaps> heaps;

    /** Watches the process. */
    public NoLeaks() {
        this.heaps = Optional.empty();
    }

    /** Watches the process and what {@code heaps} holds. */
    public NoLeaks(Heaps heaps) {
        this.heaps = Optional.of(heaps);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put(this, new Before(ProcessHolds.now(), heaps.map(Heaps::usage), problems()));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Before before = context.getStore(NAMESPACE).remove(this, Before.class);
        var usage = heaps.map(Heaps::usage);
        if (!usage.equals(before.usage)) {
            throw new AssertionError("the test left behind " + usage + ", before it was " + before.usage);
        }
        List<Problem> problems = new ArrayList<>(problems());
        before.problems.forEach(problems::remove);
        if (!problems.isEmpty()) {
            throw new AssertionError("the test caused problems: " + problems);
        }
        var left = ProcessHolds.now().since(before.holds);
        if (!left.isEmpty()) {
            throw new AssertionError("the test left behind " + left);
        }
    }

    private List<Problem> problems() {
        return heaps.map(Heaps::problems).orElse(List.of());
    }

    private record Before(ProcessHolds holds, Optional<Usage> usage, List<Problem> problems) {}
}
