package io.dmaheap.core.plugin;

import static io.dmaheap.Problem.Kind.CORRUPT_JAR;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Limits on the size of a plugin jar, and of the entries that Java reads into memory as a whole when it opens the jar as a module:
 * manifest, module descriptors, service files and signatures. A few kilobytes of a jar can unpack to gigabytes.
 */
final class JarLimits {
    /** The largest jar that is copied, in bytes. */
    static final long JAR = 256L << 20;

    /** The largest manifest, module descriptor, service file or signature, in bytes when unpacked. */
    static final int ENTRY = 1 << 20;

    /** The sum of these, in bytes when unpacked. */
    static final int ALL_ENTRIES = 4 << 20;

    private static final Pattern READ_WHOLE =
            Pattern.compile("meta-inf/(manifest\\.mf|[^/]+\\.(sf|rsa|dsa|ec)|services/.*)|(.*/)?module-info\\.class");
    private static final String HINT = "Ask the vendor of the plugin for a sound jar";

    private JarLimits() {}

    /**
     * Refuses a file that is larger than any plugin.
     *
     * @throws PluginRejected if {@code bytes} is above {@link #JAR}
     */
    static void requireJar(String subject, long bytes) {
        if (bytes > JAR) {
            throw PluginRejected.because(
                    CORRUPT_JAR,
                    subject,
                    "the file has more than " + JAR + " bytes, the limit for a plugin jar: it is not copied",
                    "Keep data out of the jar; a plugin can read it from a file of its own");
        }
    }

    /**
     * Unpacks the entries that Java reads whole, and keeps none. The sizes that the jar declares are not relied on.
     *
     * @throws PluginRejected if one is larger than {@link #ENTRY}, or all are larger than {@link #ALL_ENTRIES}
     */
    static void requireEntries(Path copy, String subject) throws IOException {
        try (var zip = new ZipFile(copy.toFile())) {
            long all = 0;
            for (Iterator<? extends ZipEntry> entries = zip.entries().asIterator(); entries.hasNext(); ) {
                ZipEntry entry = entries.next();
                if (READ_WHOLE.matcher(entry.getName().toLowerCase(Locale.ROOT)).matches()) {
                    all += unpackedSize(zip, entry, subject);
                    if (all > ALL_ENTRIES) {
                        throw tooLarge(
                                subject,
                                "manifest, service files and signatures unpack to more than " + ALL_ENTRIES + " bytes");
                    }
                }
            }
        }
    }

    private static long unpackedSize(ZipFile zip, ZipEntry entry, String subject) throws IOException {
        byte[] buffer = new byte[1 << 14];
        long size = 0;
        try (InputStream unpacked = zip.getInputStream(entry)) {
            for (int count = unpacked.read(buffer); count >= 0; count = unpacked.read(buffer)) {
                size += count;
                if (size > ENTRY) {
                    throw tooLarge(subject, entry.getName() + " unpacks to more than " + ENTRY + " bytes");
                }
            }
        }
        return size;
    }

    private static PluginRejected tooLarge(String subject, String what) {
        return PluginRejected.because(CORRUPT_JAR, subject, what + ", the limit for a plugin jar", HINT);
    }
}
