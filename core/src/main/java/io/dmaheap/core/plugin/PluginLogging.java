package io.dmaheap.core.plugin;

import org.slf4j.LoggerFactory;

/** The logging of PF4J, which is SLF4J's. */
final class PluginLogging {
    /** What SLF4J says of itself on stderr (org.slf4j.helpers.Reporter). */
    private static final String VERBOSITY = "slf4j.internal.verbosity";

    private PluginLogging() {}

    /**
     * Starts SLF4J without its report on stderr that the application has chosen no provider, unless the application has set how much SLF4J
     * says. To be called before any class of PF4J is used; harmless if SLF4J has started.
     */
    static void start() {
        if (System.getProperty(VERBOSITY) == null) {
            System.setProperty(VERBOSITY, "ERROR");
            try {
                LoggerFactory.getILoggerFactory();
            } finally {
                System.clearProperty(VERBOSITY);
            }
        }
    }
}
