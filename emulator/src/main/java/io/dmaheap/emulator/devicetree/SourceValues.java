package io.dmaheap.emulator.devicetree;

import io.dmaheap.HeapException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What may stand to the right of an equals sign (Devicetree Specification v0.4, 6.3). */
final class SourceValues {
    private final SourceScanner in;
    private final TreeBuilder tree;
    private final References references;

    SourceValues(SourceScanner in, TreeBuilder tree, References references) {
        this.in = in;
        this.tree = tree;
        this.references = references;
    }

    /** One value or several with commas between them, as bytes. */
    byte[] value() {
        var bytes = new ByteArrayOutputStream();
        do {
            if (in.take("<")) {
                cells(bytes);
            } else if (in.take("[")) {
                bytes(bytes);
            } else if (in.take("\"")) {
                bytes.writeBytes(string());
            } else if (in.take("&")) {
                bytes.writeBytes((pathOf(target()) + '\0').getBytes(StandardCharsets.US_ASCII));
            } else {
                throw malformed("expected a value: <cells>, \"string\", [bytes] or &label");
            }
            // A path can be longer than what refers to it, so the length of the source is no bound.
            if (bytes.size() > Limits.BYTES) {
                throw malformed("the value is longer than " + Limits.BYTES + " bytes");
            }
        } while (in.take(","));
        return bytes.toByteArray();
    }

    private void cells(ByteArrayOutputStream bytes) {
        while (!in.take(">")) {
            bytes.writeBytes(cell(in.take("&") ? phandleOf(target()) : (int) number(Integer.SIZE)));
        }
    }

    private void bytes(ByteArrayOutputStream bytes) {
        while (!in.take("]")) {
            String digits = in.takeWhile(c -> c < 128 && Character.digit(c, 16) >= 0);
            if (digits.isEmpty() || digits.length() % 2 != 0) {
                throw malformed("expected bytes of two hexadecimal digits each, or ]");
            }
            bytes.writeBytes(HexFormat.of().parseHex(digits));
        }
    }

    private byte[] string() {
        byte[] string = in.string();
        if (string.length == 0) {
            throw malformed("this string does not end, or has an escape that does not exist");
        }
        return string;
    }

    /** A label, or a path in braces. */
    private String target() {
        if (in.take("{")) {
            String path = in.takeWhile(c -> c == '/' || Names.isNameCharacter((char) c));
            expect("}");
            return path;
        }
        return in.takeWhile(c -> Names.isLabelCharacter((char) c));
    }

    private int phandleOf(String target) {
        return references.phandleOf(target).orElseThrow(() -> noSuchNode(target));
    }

    private String pathOf(String target) {
        return references.pathOf(target).orElseThrow(() -> noSuchNode(target));
    }

    private HeapException noSuchNode(String target) {
        return malformed("no node is called &" + target);
    }

    /** An unsigned number in decimal, hexadecimal (0x) or octal (0). */
    long number(int bits) {
        String word = in.takeWhile(c -> c < 128 && Character.isLetterOrDigit(c));
        try {
            long number = word.startsWith("0x") || word.startsWith("0X")
                    ? Long.parseUnsignedLong(word, 2, word.length(), 16)
                    : Long.parseUnsignedLong(word, word.startsWith("0") ? 8 : 10);
            if (bits == Long.SIZE || number >>> bits == 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw malformed("expected a number; expressions are not understood");
        }
        throw malformed("the number does not fit into " + bits + " bits");
    }

    void expect(String token) {
        if (!in.take(token)) {
            throw malformed("expected " + token);
        }
    }

    static byte[] cell(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private HeapException malformed(String what) {
        return tree.malformed(
                in.construct().map(name -> name + " is not read here").orElse(what));
    }
}
