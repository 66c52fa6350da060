package io.dmaheap.emulator.devicetree;

/** What names may consist of. Also keeps control characters out of every message that quotes a name. */
final class Names {
    private Names() {}

    /**
     * Whether this is a character of a node or property name: those of the specification (v0.4, tables 2.1 and 2.2) and the few
     * more that dtc takes.
     */
    static boolean isNameCharacter(char c) {
        return isLetterOrDigit(c) || ",._+*#?@-".indexOf(c) >= 0;
    }

    /** Whether this is a character of a label. */
    static boolean isLabelCharacter(char c) {
        return isLetterOrDigit(c) || c == '_';
    }

    /** Whether this is a name of a property, or of a node other than the root. */
    static boolean isName(String name) {
        return !name.isEmpty() && name.length() <= Limits.NAME && name.chars().allMatch(c -> isNameCharacter((char) c));
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
