package io.dmaheap.linux.proc;

import java.util.Optional;

/**
 * The text by which {@code /proc} shows a buffer: {@code /dmabuf:<label>}, or the memfd of an emulator.
 *
 * @param exporter {@code memfd} for an emulator's; a dma-buf's is not part of the text
 * @param name the label, or the heap of an emulated buffer that has none
 */
record BufferLink(Optional<String> exporter, Optional<String> name) {
    private static final String DMA_BUF = "/dmabuf:";

    static Optional<BufferLink> parse(String shown) {
        if (shown.startsWith(DMA_BUF)) {
            String label = shown.substring(DMA_BUF.length());
            return Optional.of(
                    new BufferLink(Optional.empty(), Optional.of(label).filter(text -> !text.isEmpty())));
        }
        return MemfdName.parse(shown)
                .map(name -> new BufferLink(Optional.of("memfd"), name.label().or(() -> Optional.of(name.heap()))));
    }
}
