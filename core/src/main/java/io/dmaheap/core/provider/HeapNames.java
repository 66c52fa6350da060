package io.dmaheap.core.provider;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names that heaps can have: what device-tree nodes and the kernel's heaps are called. ASCII alone, so that two names that look
 * alike are alike; nothing that the command line, a policy file or a path takes for something else.
 */
final class HeapNames {
    private static final int MAX_LENGTH = 63;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.,+@:#~-]{0,62}");
    /** Words of the command that stand where a heap's name can stand. */
    private static final Set<String> WORDS = Set.of("auto");

    private HeapNames() {}

    /**
     * Checks the name of a heap that a plugin offers.
     *
     * @throws HeapException {@link ErrorCode#INVALID_NAME} if no heap can be called so
     */
    static void check(String name, String plugin) {
        if (!NAME.matcher(name).matches() || WORDS.contains(name)) {
            throw HeapException.of(
                            ErrorCode.INVALID_NAME,
                            "no heap can be called \"" + shown(name) + "\", as the plugin " + plugin + " wants")
                    .errno("EINVAL")
                    .hint("A heap's name has 1 to " + MAX_LENGTH + " ASCII letters, digits and characters of _.,+@:#~-,"
                            + " begins with a letter, a digit or _, and is not "
                            + String.join(" or ", WORDS))
                    .build();
        }
    }

    /** With its first characters, and with what cannot be seen written out. */
    private static String shown(String name) {
        var text = new StringBuilder();
        name.chars().limit(MAX_LENGTH + 1L).forEach(character -> {
            if (character >= ' ' && character <= '~') {
                text.append((char) character);
            } else {
                text.append("\\u%04x".formatted(character));
            }
        });
        return name.length() > MAX_LENGTH + 1 ? text + "… (" + name.length() + " characters)" : text.toString();
    }
}
