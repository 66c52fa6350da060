package io.dmaheap.emulator.devicetree;

import java.nio.ByteBuffer;

/** A reader as one writes it when the input is trusted: right for every sound blob. Here to show that the fuzz test finds out. */
final class CarelessReader {
    private final ByteBuffer blob;
    private final int strings;
    private int properties;

    CarelessReader(byte[] bytes) {
        this.blob = ByteBuffer.wrap(bytes);
        this.strings = blob.getInt(Blobs.STRINGS);
    }

    /** The number of properties. */
    int read() {
        blob.position(blob.getInt(Blobs.STRUCTURE));
        while (true) {
            switch (blob.getInt()) {
                case FlattenedTree.BEGIN_NODE -> skipString();
                case FlattenedTree.PROP -> property();
                case FlattenedTree.END -> {
                    return properties;
                }
                default -> {}
            }
        }
    }

    private void skipString() {
        while (blob.get() != 0) {}
        blob.position(FlattenedTree.align(blob.position()));
    }

    private void property() {
        int length = blob.getInt();
        blob.get(strings + blob.getInt());
        blob.position(FlattenedTree.align(blob.position() + length));
        properties++;
    }
}
