package io.dmaheap.spi;

import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.PublicApi;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of memory at one moment.
 *
 * @param descriptor what {@link Memory#exportFd()} gives
 * @param device with {@code inode}, identifies the buffer on this machine; 0 where there is no descriptor
 * @param inode see {@code device}
 * @param exporter the kernel's exporter name, if there is one
 * @param name the label, if it has one
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record MemoryInfo(
        Descriptor descriptor, long device, long inode, Optional<String> exporter, Optional<String> name) {
    /** Memory without a descriptor. */
    public static final MemoryInfo NONE = new MemoryInfo(Descriptor.NONE, 0, 0, Optional.empty(), Optional.empty());

    /** Checks that all parts are there. */
    public MemoryInfo {
        Objects.requireNonNull(descriptor, "descriptor");
        Objects.requireNonNull(exporter, "exporter");
        Objects.requireNonNull(name, "name");
    }
}
