package io.dmaheap.core.provider;

import io.dmaheap.Problem;
import io.dmaheap.core.call.CallThread;
import io.dmaheap.core.call.LifeCalls;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads of one plugin: those it was given, which end with it, and those it started by itself, which are found and reported. */
final class PluginThreads {
    private final LifeCalls life;
    private final ClassLoader loader;
    /** All of these guarded by this. */
    private @Nullable ExecutorService executor;

    private @Nullable Cleaner cleaner;
    private boolean ended;

    /** The threads of the executor, dead ones too until they are collected; guarded by itself. */
    private final Set<Thread> given = Collections.newSetFromMap(new WeakHashMap<>());

    PluginThreads(LifeCalls life, ClassLoader loader) {
        this.life = life;
        this.loader = loader;
    }

    /** Made when the plugin first asks for it: most never do. */
    synchronized ExecutorService executor() {
        if (ended) {
            throw new IllegalStateException("the plugin " + life.plugin() + " has been stopped");
        }
        if (executor == null) {
            executor = Executors.newCachedThreadPool(threads());
        }
        return executor;
    }

    private ThreadFactory threads() {
        var number = new AtomicInteger();
        return task -> {
            var thread = new Thread(task, "dmaheap-" + life.plugin() + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
            synchronized (given) {
                given.add(thread);
            }
            return thread;
        };
    }

    /** The plugin's. */
    ClassLoader loader() {
        return loader;
    }

    /** One for each plugin, since an action that hangs stops all that share its thread. Made when the plugin first asks for it. */
    synchronized Cleaner cleaner() {
        if (cleaner == null) {
            cleaner = Cleaner.create();
        }
        return cleaner;
    }

    /** Ends the executor and interrupts its threads. Does not wait. */
    void interrupt() {
        ExecutorService running;
        synchronized (this) {
            running = executor;
            ended = true;
        }
        if (running != null) {
            running.shutdownNow();
        }
    }

    /**
     * Interrupts and ends the executor, then reports every thread that still belongs to the plugin. Waits for half the limit at most.
     *
     * @return all threads that run now
     */
    Set<Thread> end() {
        interrupt();
        try {
            awaitEnd(System.nanoTime() + life.limit().toNanos() / 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Set<Thread> running = Thread.getAllStackTraces().keySet();
        List<String> left = leftBehind(running);
        if (!left.isEmpty()) {
            life.problems()
                    .report(Problem.of(
                            Problem.Kind.LEAKED_THREAD,
                            life.plugin(),
                            "was stopped and left threads running: " + String.join(", ", left),
                            "They keep its classes in memory. A plugin runs background work on HeapContext.executor() and"
                                    + " heeds interruption",
                            null));
        }
        return running;
    }

    /** Not for the thread that dropped the last reference and waits for this end. */
    private void awaitEnd(long deadline) throws InterruptedException {
        List<Thread> ending;
        synchronized (given) {
            ending = List.copyOf(given);
        }
        for (Thread thread : ending) {
            if (!CallThread.worksFor(thread)) {
                thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
        }
    }

    /** A thread inherits the context loader of its maker, and the operations of a plugin run with its own. */
    private List<String> leftBehind(Set<Thread> running) {
        if (loader == ClassLoader.getSystemClassLoader()) {
            return List.of();
        }
        return running.stream()
                .filter(thread -> thread.getContextClassLoader() == loader)
                .filter(thread -> !(thread instanceof CallThread) && !CallThread.worksFor(thread))
                .map(Thread::getName)
                .sorted()
                .toList();
    }
}
