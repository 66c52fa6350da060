package io.dmaheap;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One hold of one process on one buffer, as {@code /proc} shows it.
 *
 * @param pid the process
 * @param process its command name
 * @param fd the descriptor, empty if the hold is a mapping
 * @param inode identifies the buffer on this machine
 * @param size bytes
 * @param references the kernel's count of file references (descriptors, mappings, importers), 0 if not told
 * @param exporter the exporter's name: the heap's for heap buffers, {@code tee} for protected ones, {@code udmabuf}, {@code drm}, …
 * @param name the buffer's label, if it has one
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record BufferHolder(
        long pid,
        String process,
        OptionalInt fd,
        long inode,
        long size,
        long references,
        String exporter,
        Optional<String> name) {}
