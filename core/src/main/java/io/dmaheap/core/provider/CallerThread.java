package io.dmaheap.core.provider;

import org.jspecify.annotations.Nullable;

/**
 * How the thread of a caller was before a plugin ran on it. The compiler keeps it in registers, so that it costs no memory.
 *
 * @param thread the caller's
 * @param loader its context class loader
 * @param name its name
 * @param priority its priority
 * @param interrupted whether it was interrupted
 */
record CallerThread(Thread thread, @Nullable ClassLoader loader, String name, int priority, boolean interrupted) {

    /** Of the current thread, whose context class loader becomes that of the plugin. */
    static CallerThread enter(ClassLoader plugin) {
        Thread thread = Thread.currentThread();
        var before = new CallerThread(
                thread, thread.getContextClassLoader(), thread.getName(), thread.getPriority(), thread.isInterrupted());
        if (before.loader != plugin) {
            thread.setContextClassLoader(plugin);
        }
        return before;
    }

    /** Undoes what the plugin changed. An interrupt that came meanwhile stays. */
    @SuppressWarnings({"ReferenceEquality", "StringEquality"}) // whether it was set, not whether it reads the same
    void leave() {
        if (thread.getContextClassLoader() != loader) {
            thread.setContextClassLoader(loader);
        }
        if (thread.getName() != name) {
            thread.setName(name);
        }
        if (thread.getPriority() != priority) {
            thread.setPriority(priority);
        }
        if (interrupted && !thread.isInterrupted()) {
            thread.interrupt();
        }
    }
}
