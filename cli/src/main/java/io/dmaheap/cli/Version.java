package io.dmaheap.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the command and of the Java that runs it. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getModule().getDescriptor().rawVersion().orElse("(unpackaged)");
        return new String[] {
            "dmaheap " + version + " (Java " + Runtime.version() + ", " + System.getProperty("os.name") + " "
                    + System.getProperty("os.version") + " " + System.getProperty("os.arch") + ")"
        };
    }
}
