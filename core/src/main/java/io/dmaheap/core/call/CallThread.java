package io.dmaheap.core.call;

import org.jspecify.annotations.Nullable;

/**
 * The thread of one call into a plugin. A new one for each call, so that what a plugin does to its thread (name, priority, context
 * class loader, interrupt status, thread locals) ends with the call.
 */
public final class CallThread extends Thread {
    private final Thread caller;

    CallThread(String name, @Nullable ClassLoader loader, Runnable body) {
        super(null, body, name, 0, false);
        caller = Thread.currentThread();
        setDaemon(true);
        setPriority(NORM_PRIORITY);
        setContextClassLoader(loader);
    }

    /** Whether the current thread is {@code other}, or runs a call for which {@code other} waits, directly or through other calls. */
    public static boolean worksFor(@Nullable Thread other) {
        Thread thread = Thread.currentThread();
        while (thread != other && thread instanceof CallThread call) {
            thread = call.caller;
        }
        return thread == other;
    }
}
