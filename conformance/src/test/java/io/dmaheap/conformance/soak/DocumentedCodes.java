package io.dmaheap.conformance.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which error codes the documentation of a method names: its own comment, those of the methods that it refers to, and that of its type.
 *
 * @param sources the directory of the package {@code io.dmaheap}
 */
record DocumentedCodes(Path sources) {
    private static final Pattern CODE = Pattern.compile("ErrorCode#([A-Z_]+)");
    private static final Pattern REFERENCE = Pattern.compile("\\{@link (\\w*)#([a-z]\\w*)\\(");
    private static final String COMMENT = "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*";

    /** The codes of a method, such as {@code Heap.allocate}, by their names. */
    Set<String> of(String method) throws IOException {
        var codes = new TreeSet<String>();
        add(method, codes, new HashSet<>());
        return codes;
    }

    private void add(String method, Set<String> codes, Set<String> seen) throws IOException {
        if (!seen.add(method)) {
            return;
        }
        String[] parts = method.split("\\.");
        String source = Files.readString(sources.resolve(parts[0] + ".java"));
        Matcher type = Pattern.compile(COMMENT + "@PublicApi", Pattern.DOTALL).matcher(source);
        if (type.find()) {
            addCodes(type.group(1), codes);
        }
        Matcher commented = Pattern.compile(COMMENT + "[^;{}*]*\\b" + parts[1] + "\\(", Pattern.DOTALL)
                .matcher(source);
        while (commented.find()) {
            addCodes(commented.group(1), codes);
            Matcher reference = REFERENCE.matcher(commented.group(1));
            while (reference.find()) {
                String owner = reference.group(1).isEmpty() ? parts[0] : reference.group(1);
                add(owner + "." + reference.group(2), codes, seen);
            }
        }
    }

    private static void addCodes(String comment, Set<String> codes) {
        Matcher code = CODE.matcher(comment);
        while (code.find()) {
            codes.add(code.group(1));
        }
    }
}
