package io.dmaheap.core.life;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that release what was lost: one for each heap, while there is something to release. A release is code of a plugin and may
 * hang; it then keeps back those of its own heap, and not the thread of the cleaner, which serves the whole JVM.
 */
final class LeakLanes {
    private static final long IDLE_SECONDS = 1;

    private final Map<String, Executor> lanes = new ConcurrentHashMap<>();

    void execute(String lane, Runnable release) {
        try {
            lanes.computeIfAbsent(lane, LeakLanes::lane).execute(release);
        } catch (OutOfMemoryError _) {
            release.run(); // no thread is to be had
        }
    }

    private static Executor lane(String name) {
        var executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> thread(name, work));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static Thread thread(String lane, Runnable work) {
        var thread = new Thread(null, work, "dmaheap-leaks-" + lane, 0, false);
        thread.setContextClassLoader(LeakLanes.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }
}
