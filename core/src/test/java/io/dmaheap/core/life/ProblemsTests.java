package io.dmaheap.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Problem;
import org.junit.jupiter.api.Test;

class ProblemsTests {
    private final Problems problems = new Problems();

    private static Problem problem(String subject, String message) {
        return Problem.of(Problem.Kind.CORRUPT_JAR, subject, message, "Copy it again", new IllegalStateException());
    }

    @Test
    void aProblemEndsWithItsCause() {
        problems.report(problem("a.jar", "broken"));
        problems.report(problem("b.jar", "broken"));

        problems.end(problem("a.jar", "broken"));

        assertThat(problems.all()).extracting(Problem::subject).containsExactly("b.jar");
    }

    @Test
    void ofTwoThatAreAlikeOneEnds() {
        problems.report(problem("a.jar", "broken"));
        problems.report(problem("a.jar", "broken"));

        problems.end(problem("a.jar", "broken"));

        assertThat(problems.all()).hasSize(1);
    }

    @Test
    void whatWasNotReportedDoesNotEnd() {
        problems.report(problem("a.jar", "broken"));

        problems.end(problem("a.jar", "empty"));
        problems.end(problem("c.jar", "broken"));

        assertThat(problems.all()).hasSize(1);
    }
}
