package io.dmaheap;

import java.util.Objects;
import java.util.Optional;

/**
 * What to allocate. Immutable; each {@code with} method gives a changed copy.
 *
 * @param size bytes; the buffer is rounded up to a page
 * @param access what holders of an exported file descriptor may do with it: the access mode of the kernel's {@code fd_flags}
 * @param heapFlags the kernel's {@code heap_flags}: none are defined (linux, up to 7.3), some vendor kernels define their own
 * @param name a label that shows in {@code /proc/PID/fdinfo} and {@code dmaheap dump}, at most 31 bytes
 * @param client on whose behalf this is allocated, for accounting; empty for this process
 * @param exportable whether the buffer may get a file descriptor; scratch memory, reference frames and firmware never need one
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record AllocationRequest(
        long size, Access access, long heapFlags, Optional<String> name, Optional<String> client, boolean exportable) {

    /** Checks that all parts are there; values are checked by the heap. */
    public AllocationRequest {
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(client, "client");
    }

    /** One whose buffer may be exported. */
    public AllocationRequest(long size, Access access, long heapFlags, Optional<String> name, Optional<String> client) {
        this(size, access, heapFlags, name, client, true);
    }

    /** A readable and writable, unnamed buffer of {@code size} bytes. */
    public static AllocationRequest of(long size) {
        return new AllocationRequest(size, Access.READ_WRITE, 0, Optional.empty(), Optional.empty());
    }

    /** Limits what holders of an exported file descriptor may do. Devices are not limited by it. */
    public AllocationRequest withAccess(Access value) {
        return new AllocationRequest(size, value, heapFlags, name, client, exportable);
    }

    /** Passes vendor flags. */
    public AllocationRequest withHeapFlags(long value) {
        return new AllocationRequest(size, access, value, name, client, exportable);
    }

    /** Labels the buffer. */
    public AllocationRequest withName(String value) {
        return new AllocationRequest(size, access, heapFlags, Optional.of(value), client, exportable);
    }

    /** Accounts the buffer to a client. */
    public AllocationRequest withClient(String value) {
        return new AllocationRequest(size, access, heapFlags, name, Optional.of(value), exportable);
    }

    /** Asks for another size in bytes. */
    public AllocationRequest withSize(long value) {
        return new AllocationRequest(value, access, heapFlags, name, client, exportable);
    }

    /** Keeps the buffer inside: {@link DmaBuf#exportFd()} refuses. */
    public AllocationRequest withoutExport() {
        return new AllocationRequest(size, access, heapFlags, name, client, false);
    }
}
