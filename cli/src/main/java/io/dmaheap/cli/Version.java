package io.dmaheap.cli;

/** The version of the command and of the Java that runs it. */
final class Version {
    private Version() {}

    static String text() {
        String version = Version.class.getModule().getDescriptor().rawVersion().orElse("(unpackaged)");
        return "dmaheap " + version + " (Java " + Runtime.version() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + " " + System.getProperty("os.arch") + ")";
    }
}
