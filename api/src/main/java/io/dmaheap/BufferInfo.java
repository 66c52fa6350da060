package io.dmaheap;

import java.util.Optional;

/**
 * A snapshot of what is known of a buffer.
 *
 * @param heap the heap it came from; for an imported buffer what its descriptor tells, which may be nothing
 * @param size bytes
 * @param name its label, if it has one
 * @param exporter the kernel's exporter name ({@code system}, {@code tee}, {@code udmabuf}, …), if there is one
 * @param client on whose behalf it was allocated
 * @param descriptor what an exported file descriptor is
 * @param inode the inode number that identifies the buffer on this machine, 0 where there is none
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record BufferInfo(
        Optional<String> heap,
        long size,
        Optional<String> name,
        Optional<String> exporter,
        Optional<String> client,
        Descriptor descriptor,
        long inode) {

    /** What the file descriptor of a buffer is. The differences are listed in the project's {@code docs/platforms.md}. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public enum Descriptor {
        /** A true dma-buf: any driver can import it. */
        DMA_BUF,
        /** A memory file: other processes can map it, drivers cannot import it. */
        MEMFD,
        /** A token that stands for the buffer and cannot be mapped. */
        TOKEN,
        /** There is none on this platform. */
        NONE
    }
}
