package io.dmaheap.emulator.devicetree;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Characters of a source, and a place in them. What a character means depends on where it stands, so the parser asks. */
final class SourceScanner {
    private static final Pattern CONSTRUCT =
            Pattern.compile("#(include|define|undef|ifdef|ifndef|if|else|elif|endif|line|error|pragma)\\b"
                    + "|/(include|bits|plugin|incbin|delete-node|delete-property|omit-if-no-ref)/");

    private static final char NOTHING = '\0';

    private final String text;
    private final String source;
    private int position;

    SourceScanner(String text, String source) {
        this.text = text;
        this.source = source;
    }

    /** Whether only blanks and comments are left. */
    boolean atEnd() {
        skipBlanks();
        return position == text.length();
    }

    /** Takes {@code expected} if it is next. */
    boolean take(String expected) {
        skipBlanks();
        boolean found = text.startsWith(expected, position);
        position += found ? expected.length() : 0;
        return found;
    }

    /** Takes characters as long as they are {@code wanted}. */
    String takeWhile(IntPredicate wanted) {
        skipBlanks();
        int start = position;
        while (position < text.length() && wanted.test(current(0))) {
            position++;
        }
        return text.substring(start, position);
    }

    /**
     * The bytes of a string with its final zero, the opening quotation mark being taken; escapes are those of C. No bytes at all if
     * it does not end, or has an escape that does not exist: then the place is at the fault.
     */
    byte[] string() {
        var bytes = new ByteArrayOutputStream();
        int start = position;
        while (!text.startsWith("\"", position)) {
            int plain = position;
            while (position < text.length() && current(0) != '"' && current(0) != '\\') {
                position++;
            }
            bytes.writeBytes(text.substring(plain, position).getBytes(StandardCharsets.UTF_8));
            if (position == text.length()) {
                position = start;
                return new byte[0];
            }
            if (current(0) == '\\') {
                position++;
                int escaped = escape();
                if (escaped < 0) {
                    return new byte[0];
                }
                bytes.write(escaped);
            }
        }
        position++;
        bytes.write(0);
        return bytes.toByteArray();
    }

    private int escape() {
        char kind = current(0);
        if (kind == 'x' && Character.digit(current(1), 16) >= 0) {
            position++;
            return number(16, 2);
        }
        if (Character.digit(kind, 8) >= 0) {
            return number(8, 3);
        }
        int plain = "abfnrtv".indexOf(kind);
        if (plain < 0 && "\"\\'".indexOf(kind) < 0) {
            return -1;
        }
        position++;
        return plain < 0 ? kind : "\u0007\b\f\n\r\t\u000b".charAt(plain);
    }

    private int number(int radix, int digits) {
        int value = 0;
        for (int i = 0; i < digits && Character.digit(current(0), radix) >= 0; i++) {
            value = value * radix + Character.digit(current(0), radix);
            position++;
        }
        return value;
    }

    private void skipBlanks() {
        while (position < text.length()) {
            if (Character.isWhitespace(current(0))) {
                position++;
            } else if (text.startsWith("//", position)) {
                int end = text.indexOf('\n', position);
                position = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", position)) {
                int end = text.indexOf("*/", position + 2);
                if (end < 0) {
                    // It then meets whatever the parser expected instead.
                    return;
                }
                position = end + 2;
            } else {
                return;
            }
        }
    }

    /** What comes next, if it is of the part of the language that is not read, or of the preprocessor. */
    Optional<String> construct() {
        skipBlanks();
        if (current(0) != '#' && current(0) != '/') {
            return Optional.empty();
        }
        Matcher next = CONSTRUCT.matcher(text).region(position, text.length());
        return next.lookingAt() ? Optional.of(next.group()) : Optional.empty();
    }

    private char current(int ahead) {
        return position + ahead < text.length() ? text.charAt(position + ahead) : NOTHING;
    }

    /** The line and column. Counted only when asked for, which is when something is wrong. */
    String place() {
        int line = 1
                + (int) text.substring(0, position)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        int column = position - text.lastIndexOf('\n', position - 1);
        return "%s:%d:%d".formatted(source, line, column);
    }
}
