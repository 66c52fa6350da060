package io.dmaheap.emulator.devicetree;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages inputs the way that finds most: few faults at a time, many of them in numbers that others depend on. */
final class Mutations {
    private static final int[] NUMBERS = {
        0, 1, 2, 3, 4, 9, 7, 16, 28, 40, 63, 255, 4096, -1, -2, -4, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7ffffffc
    };
    private static final List<String> WORDS = List.of(
            "{",
            "}",
            "};",
            ";",
            "<",
            ">",
            "[",
            "]",
            "\"",
            "\\",
            "&",
            "&{",
            "/",
            "/*",
            "*/",
            "//",
            ":",
            ",",
            "=",
            "a",
            "a:",
            "&a",
            "/dts-v1/;",
            "/memreserve/",
            "0x",
            "0xffffffffffffffff",
            "08",
            "phandle",
            "#size-cells",
            "\0",
            "é");

    private final RandomGenerator random;

    Mutations(RandomGenerator random) {
        this.random = random;
    }

    byte[] ofBlob(byte[] original) {
        byte[] bytes = original.clone();
        for (int faults = 1 + random.nextInt(4); faults > 0 && bytes.length > 0; faults--) {
            bytes = damage(bytes);
        }
        return bytes;
    }

    private byte[] damage(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2, 3, 4 -> number(bytes, at & -4, NUMBERS[random.nextInt(NUMBERS.length)]);
            case 5 -> number(bytes, 4 * random.nextInt(10), random.nextInt(2 * bytes.length));
            case 6 -> move(bytes, at);
            default -> {
                if (random.nextInt(4) == 0) {
                    return cut(bytes, at);
                }
            }
        }
        return bytes;
    }

    /** Half of them with a total size that fits, or else nothing behind the check of that would ever be met. */
    private byte[] cut(byte[] bytes, int length) {
        byte[] rest = Arrays.copyOf(bytes, length);
        if (random.nextBoolean()) {
            number(rest, Blobs.TOTAL, length);
            int structure = bytes.length < 40 ? 0 : ByteBuffer.wrap(bytes).getInt(Blobs.STRUCTURE);
            number(rest, Blobs.STRUCTURE_SIZE, length - structure);
            number(rest, Blobs.STRINGS, length);
            number(rest, Blobs.STRINGS_SIZE, 0);
        }
        return rest;
    }

    private void number(byte[] bytes, int at, int number) {
        if (at + 4 <= bytes.length) {
            ByteBuffer.wrap(bytes).putInt(at, number);
        }
    }

    private void move(byte[] bytes, int to) {
        int from = random.nextInt(bytes.length);
        int length = random.nextInt(1 + bytes.length - Math.max(from, to));
        System.arraycopy(bytes, from, bytes, to, Math.min(length, 256));
    }

    String ofSource(String original) {
        var text = new StringBuilder(original);
        for (int faults = 1 + random.nextInt(4); faults > 0; faults--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(8));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, WORDS.get(random.nextInt(WORDS.size())));
                case 2 -> text.replace(at, end, WORDS.get(random.nextInt(WORDS.size())));
                default -> text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
            }
        }
        return text.toString();
    }
}
