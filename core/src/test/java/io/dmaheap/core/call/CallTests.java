package io.dmaheap.core.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Problem;
import io.dmaheap.core.fake.Hang;
import io.dmaheap.core.fake.Hang.Manner;
import io.dmaheap.core.life.Problems;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallTests {
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final Problems problems = new Problems();
    private final CallLimit limit = new CallLimit(Duration.ofSeconds(30), problems);
    private final LifeCalls life = new LifeCalls("vendor", getClass().getClassLoader(), limit);
    private final Queue<String> events = new ConcurrentLinkedQueue<>();

    private final CallLimit shortLimit = new CallLimit(SHORT, problems);
    private final LifeCalls impatient = new LifeCalls("vendor", getClass().getClassLoader(), shortLimit);

    @Test
    void givesTheAnswerAndThrowsWhatWasThrown() {
        assertThat(life.begin("call", () -> "answer").end()).isEqualTo("answer");
        var failure = new IOException("smuggled");
        assertThatThrownBy(() -> life.begin("call", () -> {
                            throw CallTests.<RuntimeException>unchecked(failure);
                        })
                        .end())
                .isSameAs(failure);
        assertThat(limit.overdue()).isZero();
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }

    @Test
    void nothingThatACallDoesToItsThreadOutlivesIt() {
        Thread first = life.begin("call", Thread::currentThread).end();
        Thread second = life.begin("call", Thread::currentThread).end();
        assertThat(first).isNotSameAs(second).isNotSameAs(Thread.currentThread());
        assertThat(first.isDaemon()).isTrue();
    }

    @Test
    void whatComesBehindAnOverdueCallRunsInOrderWhenThatReturns() {
        var hang = new Hang(Manner.DEAF);
        assertThatThrownBy(() -> impatient.run("start", () -> {
                    hang.here();
                    events.add("start");
                }))
                .isInstanceOf(OverdueException.class);
        assertThat(shortLimit.overdue()).isEqualTo(1);

        impatient.run("close", () -> {
            events.add("close");
            throw new IllegalStateException("of the test");
        });
        impatient.run("stop", () -> events.add("stop"));
        assertThat(events).isEmpty();

        hang.goOn();
        await().until(() -> shortLimit.overdue() == 0);
        assertThat(events).containsExactly("start", "close", "stop");
        assertThat(problems.all()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.PLUGIN_THREW);
            assertThat(problem.message()).contains("of the test");
        });
        impatient.run("again", () -> events.add("again"));
        assertThat(events).contains("again");
    }

    @Test
    void whatIsLeftRunsOnceTheLastOfSeveralOverdueCallsHasReturned() {
        var one = new Hang(Manner.DEAF);
        var two = new Hang(Manner.SPINNING);
        LifeCall<?> first = impatient.begin("status", () -> {
            one.here();
            return "";
        });
        LifeCall<?> second = impatient.begin("init", () -> {
            two.here();
            return "";
        });
        for (LifeCall<?> call : List.of(first, second)) {
            assertThat(catchThrowableOfType(OverdueException.class, call::end).operation())
                    .isEqualTo(call == first ? "status" : "init");
        }
        impatient.run("stop", () -> events.add("stop"));
        one.goOn();
        await().until(() -> shortLimit.overdue() == 1);
        assertThat(events).isEmpty();
        two.goOn();
        await().until(() -> shortLimit.overdue() == 0);
        assertThat(events).containsExactly("stop");
    }

    @Test
    void anInterruptEndsAWaitThatMayEndAndIsPassedOnByOneThatMayNot() throws Exception {
        var inside = new CountDownLatch(1);
        LifeCall<String> call = life.begin("look", () -> {
            inside.countDown();
            try {
                assertThat(new CountDownLatch(1).await(60, TimeUnit.SECONDS)).isFalse();
                return "";
            } catch (InterruptedException e) {
                return "interrupted";
            }
        });
        assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
        Thread.currentThread().interrupt();
        assertThatThrownBy(call::get).isInstanceOf(InterruptedException.class);

        Thread.currentThread().interrupt();
        assertThat(call.end()).isEqualTo("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whoeverCallsBackIsKnown() throws Exception {
        Thread here = Thread.currentThread();
        assertThat(CallThread.worksFor(here)).isTrue();
        assertThat(life.begin(
                                "a",
                                () -> life.begin("b", () -> CallThread.worksFor(here))
                                        .end())
                        .end())
                .isTrue();
        assertThat(CompletableFuture.supplyAsync(() -> CallThread.worksFor(here))
                        .get(30, TimeUnit.SECONDS))
                .isFalse();
    }

    @Test
    void stepsAreTakenInOrderAndOneThatHangsHoldsNoneUp() {
        var hangs = List.of(new Hang(Manner.DEAF), new Hang(Manner.SPINNING));
        var steps = new Overlap<Integer>(Duration.ofMillis(160));
        for (int i = 0; i < 10; i++) {
            int number = i;
            steps.begin(number, () -> {
                if (number < hangs.size()) {
                    hangs.get(number).here();
                }
                events.add("step " + number);
            });
        }
        // Eight have ended, and the two that hang are still inside.
        for (int i = 0; i < 8; i++) {
            assertThat(steps.take()).isGreaterThan(1);
        }
        assertThat(steps.underWay()).containsExactlyInAnyOrder(0, 1);
        hangs.forEach(Hang::goOn);
        assertThat(List.of(steps.take(), steps.take())).containsExactlyInAnyOrder(0, 1);
        assertThat(steps.isEmpty()).isTrue();
    }
}
