package io.dmaheap.testkit;

import io.dmaheap.DmaBuf;

/** Short texts in buffers. */
final class Bytes {
    private Bytes() {}

    static void write(DmaBuf buffer, String text) {
        try (var access = buffer.write()) {
            access.segment().setString(0, text);
        }
    }

    static String read(DmaBuf buffer) {
        try (var access = buffer.read()) {
            return access.segment().getString(0);
        }
    }
}
