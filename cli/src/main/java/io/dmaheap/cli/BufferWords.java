package io.dmaheap.cli;

import io.dmaheap.BufferInfo;
import io.dmaheap.BufferInfo.Descriptor;
import java.util.Optional;

/** Says what a buffer really is. */
final class BufferWords {
    private BufferWords() {}

    static String of(BufferInfo info) {
        return of(info.heap(), info.descriptor(), info.exporter());
    }

    static String of(Optional<String> heap, Descriptor descriptor, Optional<String> exporter) {
        return heap.orElse("another process") + ": "
                + switch (descriptor) {
                    case DMA_BUF -> "dma-buf";
                    case MEMFD -> "memory file (memfd), which drivers cannot import";
                    case TOKEN -> "token, which nobody can map";
                    case NONE -> "plain memory without a file descriptor";
                }
                + exporter.map(name -> ", exporter " + name).orElse("");
    }
}
