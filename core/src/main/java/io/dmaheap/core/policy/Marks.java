package io.dmaheap.core.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The marks of jars as people write them: {@code sha256:HEX} and {@code signer:HEX}, in either case, with or without colons. */
final class Marks {
    private static final Pattern MARK = Pattern.compile("(sha256|signer):((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})");

    private Marks() {}

    /** In lower case and without colons; empty if it is no mark. */
    static Optional<String> parse(String word) {
        var matcher = MARK.matcher(word.toLowerCase(Locale.ROOT));
        return matcher.matches()
                ? Optional.of(matcher.group(1) + ":" + matcher.group(2).replace(":", ""))
                : Optional.empty();
    }
}
