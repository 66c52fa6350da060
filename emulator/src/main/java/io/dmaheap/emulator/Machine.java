package io.dmaheap.emulator;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What machine to emulate.
 *
 * @param memory the bytes of its DRAM
 * @param backing what holds those bytes on the host
 */
record Machine(long memory, Backing backing) {
    private static final long DEFAULT_MEMORY = 1L << 30;

    /** What holds the bytes. */
    enum Backing {
        /** Memfds where the host has them, else plain memory. */
        BEST,
        /** Memfds. */
        MEMFD,
        /** Memory of the JVM, without file descriptors, as off Linux. */
        PLAIN
    }

    /** Reads the settings {@code platform.emulator.*}. */
    static Machine parse(Map<String, String> configuration) {
        SortedMap<String, String> settings = new TreeMap<>(configuration);
        var machine = new Machine(memory(settings.remove("memory")), backing(settings.remove("backing")));
        if (!settings.isEmpty()) {
            throw wrong("the emulator has no setting " + settings.firstKey())
                    .hint("It has platform.emulator.memory and platform.emulator.backing")
                    .build();
        }
        return machine;
    }

    private static long memory(@Nullable String text) {
        if (text == null) {
            return DEFAULT_MEMORY;
        }
        int unit = text.isEmpty() ? -1 : "KMG".indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        try {
            long bytes = Math.multiplyExact(Long.parseLong(digits.strip()), 1L << (10 * (unit + 1)));
            if (bytes > 0) {
                return bytes;
            }
        } catch (NumberFormatException | ArithmeticException _) {
            // Said below, together with the sizes that are numbers and yet no sizes.
        }
        throw wrong("platform.emulator.memory is not a size: " + text)
                .hint("Write bytes, or a number with K, M or G, such as 512M")
                .build();
    }

    private static Backing backing(@Nullable String text) {
        if (text == null) {
            return Backing.BEST;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "memfd" -> Backing.MEMFD;
            case "plain" -> Backing.PLAIN;
            default ->
                throw wrong("platform.emulator.backing is unknown: " + text)
                        .hint(
                                "It is memfd, or plain for memory without file descriptors; leave it out for the best of this host")
                        .build();
        };
    }

    private static HeapException.Builder wrong(String what) {
        return HeapException.of(ErrorCode.INVALID_CONFIGURATION, what);
    }
}
