package io.dmaheap.core.provider;

import io.dmaheap.Problem;
import io.dmaheap.core.life.Problems;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads of one plugin: those it was given, which end with it, and those it started by itself, which are found and reported. */
final class PluginThreads {
    private static final long PATIENCE_SECONDS = 5;

    private final String plugin;
    private final ClassLoader loader;
    private final Problems problems;
    private @Nullable ExecutorService executor;
    private boolean ended;

    /** The threads of the executor, dead ones too until they are collected; guarded by itself. */
    private final Set<Thread> given = Collections.newSetFromMap(new WeakHashMap<>());

    PluginThreads(String plugin, ClassLoader loader, Problems problems) {
        this.plugin = plugin;
        this.loader = loader;
        this.problems = problems;
    }

    /** Made when the plugin first asks for it: most never do. */
    synchronized ExecutorService executor() {
        if (ended) {
            throw new IllegalStateException("the plugin " + plugin + " has been stopped");
        }
        if (executor == null) {
            executor = Executors.newCachedThreadPool(threads());
        }
        return executor;
    }

    private ThreadFactory threads() {
        var number = new AtomicInteger();
        return task -> {
            var thread = new Thread(task, "dmaheap-" + plugin + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
            synchronized (given) {
                given.add(thread);
            }
            return thread;
        };
    }

    /** Runs {@code call} with the plugin's class loader as context loader, so that what it looks up is its own. */
    void run(Runnable call) {
        @Nullable ClassLoader before = enter();
        try {
            call.run();
        } finally {
            leave(before);
        }
    }

    /** Makes the plugin's class loader the context loader; gives the one that was, for {@link #leave}. */
    @Nullable
    ClassLoader enter() {
        Thread thread = Thread.currentThread();
        @Nullable ClassLoader before = thread.getContextClassLoader();
        if (before != loader) {
            thread.setContextClassLoader(loader);
        }
        return before;
    }

    /** Ends what {@link #enter} began. */
    void leave(@Nullable ClassLoader before) {
        if (before != loader) {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** Interrupts and ends the executor, then reports every thread that still belongs to the plugin. */
    void end() {
        ExecutorService running;
        synchronized (this) {
            running = executor;
            ended = true;
        }
        if (running != null) {
            running.shutdownNow();
            try {
                awaitEnd(running);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        List<String> left = leftBehind();
        if (!left.isEmpty()) {
            problems.report(Problem.of(
                    Problem.Kind.LEAKED_THREAD,
                    plugin,
                    "was stopped and left threads running: " + String.join(", ", left),
                    "They keep its classes in memory. A plugin runs background work on HeapContext.executor() and heeds"
                            + " interruption",
                    null));
        }
    }

    /** An executor calls itself terminated a moment before its last thread is. */
    private void awaitEnd(ExecutorService running) throws InterruptedException {
        if (running.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            List<Thread> ending;
            synchronized (given) {
                ending = List.copyOf(given);
            }
            for (Thread thread : ending) {
                if (thread != Thread.currentThread()) {
                    thread.join();
                }
            }
        }
    }

    /** A thread inherits the context loader of its maker, and the operations of a plugin run with its own. */
    private List<String> leftBehind() {
        if (loader == ClassLoader.getSystemClassLoader()) {
            return List.of();
        }
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread != Thread.currentThread() && thread.getContextClassLoader() == loader)
                .map(Thread::getName)
                .sorted()
                .toList();
    }
}
