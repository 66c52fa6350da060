package io.dmaheap.cli.output;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Text of others as a person may see it: names of processes, labels, manifests and messages can hold escape sequences, line breaks and marks
 * that change the direction of writing, which would draw something else on a terminal than what is said.
 */
public final class Printable {
    private Printable() {}

    /** The text with each such character as {@code \}{@code u} and four hexadecimal digits. The same object if there is none. */
    public static String text(String foreign) {
        for (int at = 0; at < foreign.length(); at++) {
            if (isHidden(foreign, at)) {
                return escaped(foreign);
            }
        }
        return foreign;
    }

    /** As {@link #text} for each of several lines. */
    public static String lines(String foreign) {
        return Arrays.stream(foreign.split("\n", -1)).map(Printable::text).collect(Collectors.joining("\n"));
    }

    private static String escaped(String foreign) {
        var text = new StringBuilder();
        for (int at = 0; at < foreign.length(); at++) {
            char one = foreign.charAt(at);
            if (isHidden(foreign, at)) {
                text.append(String.format("\\u%04x", (int) one));
            } else {
                text.append(one);
            }
        }
        return text.toString();
    }

    private static boolean isHidden(String foreign, int at) {
        return switch (Character.getType(foreign.charAt(at))) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> true;
            case Character.SURROGATE -> !isHalfOfAPair(foreign, at);
            default -> false;
        };
    }

    private static boolean isHalfOfAPair(String text, int at) {
        char one = text.charAt(at);
        return Character.isHighSurrogate(one)
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
