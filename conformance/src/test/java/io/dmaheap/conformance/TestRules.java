package io.dmaheap.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;

/** What holds for every test. */
final class TestRules {
    private TestRules() {}

    /** The waits of the JDK that only another thread can end, and those that end too early or too late on a loaded machine. */
    static final List<Wait> FORBIDDEN = List.of(
            Wait.of(Thread.class, "sleep", long.class),
            Wait.of(Thread.class, "sleep", long.class, int.class),
            Wait.of(Thread.class, "sleep", java.time.Duration.class),
            Wait.of(TimeUnit.class, "sleep", long.class),
            Wait.of(Thread.class, "onSpinWait"),
            Wait.of(Thread.class, "join"),
            Wait.of(Object.class, "wait"),
            Wait.of(LockSupport.class, "park"),
            Wait.of(LockSupport.class, "park", Object.class),
            Wait.of(Condition.class, "await"),
            Wait.of(Condition.class, "awaitUninterruptibly"),
            Wait.of(CountDownLatch.class, "await"),
            Wait.of(CyclicBarrier.class, "await"),
            Wait.of(Phaser.class, "arriveAndAwaitAdvance"),
            Wait.of(Phaser.class, "awaitAdvance", int.class),
            Wait.of(Phaser.class, "awaitAdvanceInterruptibly", int.class),
            Wait.of(Exchanger.class, "exchange", Object.class),
            Wait.of(Semaphore.class, "acquire"),
            Wait.of(Semaphore.class, "acquire", int.class),
            Wait.of(Semaphore.class, "acquireUninterruptibly"),
            Wait.of(Semaphore.class, "acquireUninterruptibly", int.class),
            Wait.of(BlockingQueue.class, "take"),
            Wait.of(BlockingDeque.class, "takeFirst"),
            Wait.of(BlockingDeque.class, "takeLast"),
            Wait.of(CompletionService.class, "take"),
            Wait.of(Future.class, "get"),
            Wait.of(CompletableFuture.class, "join"),
            Wait.of(ForkJoinTask.class, "join"),
            Wait.of(ExecutorService.class, "invokeAll", Collection.class),
            Wait.of(ExecutorService.class, "invokeAny", Collection.class),
            Wait.of(Process.class, "waitFor"));

    static final ArchRule WAITS_HAVE_A_LIMIT = classes()
            .should(waitWithALimit())
            .because(
                    "a test that waits for what never comes must say what it was, and no length of sleep is right on every machine");

    /**
     * A method that a test must not call.
     *
     * @param owner the type that declares it; its subtypes count
     */
    record Wait(Class<?> owner, String method, List<Class<?>> parameters) {
        static Wait of(Class<?> owner, String method, Class<?>... parameters) {
            return new Wait(owner, method, List.of(parameters));
        }

        private boolean is(CodeUnitAccessTarget target) {
            return target.getName().equals(method)
                    && target.getOwner().isAssignableTo(owner)
                    && target.getRawParameterTypes().stream()
                            .map(JavaClass::getName)
                            .toList()
                            .equals(parameters.stream().map(Class::getName).toList());
        }

        @Override
        public String toString() {
            return owner.getSimpleName() + "." + method
                    + Arrays.toString(
                            parameters.stream().map(Class::getSimpleName).toArray());
        }
    }

    private static ArchCondition<JavaClass> waitWithALimit() {
        return new ArchCondition<>("neither sleep nor wait without a time limit") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getCodeUnitAccessesFromSelf().stream()
                        .filter(access -> FORBIDDEN.stream().anyMatch(wait -> wait.is(access.getTarget())))
                        .forEach(access -> events.add(SimpleConditionEvent.violated(access, access.getDescription())));
            }
        };
    }
}
