package io.dmaheap.emulator.devicetree;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A small blob whose every byte is at a known offset, so that tests can break one thing. */
public final class Blobs {
    static final int TOTAL = 4;
    static final int STRUCTURE = 8;
    static final int STRINGS = 12;
    static final int RESERVATIONS = 16;
    static final int VERSION = 20;
    static final int LAST_COMPATIBLE = 24;
    static final int STRINGS_SIZE = 32;
    static final int STRUCTURE_SIZE = 36;

    /** One reservation at 0x28, structure from 0x48: the root with {@code p = "x"} and {@code /soc} with {@code q}. */
    static final DeviceTree TREE = new DeviceTree(
            new Node(
                    "/",
                    List.of(new Property("/", "p", "x\0".getBytes(StandardCharsets.US_ASCII))),
                    List.of(new Node("/soc", List.of(new Property("/soc", "q", new byte[0])), List.of()))),
            List.of(new AddressRange(0x1000, 0x2000)),
            0);

    static final int FIRST_RESERVATION = 0x28;
    static final int ROOT = 0x48;
    static final int P = 0x50;
    static final int SOC = 0x60;
    static final int Q = 0x68;
    static final int END_SOC = 0x74;
    static final int END_ROOT = 0x78;
    static final int END = 0x7c;
    static final int NAMES = 0x80;

    private Blobs() {}

    static byte[] blob() {
        return FlattenedTree.write(TREE);
    }

    /** The blob with one number written over. */
    static byte[] with(int offset, int number) {
        byte[] blob = blob();
        ByteBuffer.wrap(blob).putInt(offset, number);
        return blob;
    }
}
