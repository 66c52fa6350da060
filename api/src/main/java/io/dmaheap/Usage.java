package io.dmaheap;

/**
 * What a {@link Heaps} instance holds.
 *
 * @param heapHandles open {@link Heap} handles
 * @param bufferHandles open {@link DmaBuf} handles
 * @param buffers live buffers, imported ones included
 * @param bytes the bytes in them
 * @param mappings buffers that are mapped into this process
 * @param accesses open {@link CpuAccess} scopes
 * @param attachments buffers attached to devices
 * @param quarantined bytes that nobody is given again, since their protection could not be ended: of buffers, and of whole pools
 * @param teeObjects open connections to a TEE, their sessions and their shared memory
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Usage(
        long heapHandles,
        long bufferHandles,
        long buffers,
        long bytes,
        long mappings,
        long accesses,
        long attachments,
        long quarantined,
        long teeObjects) {

    /** Nothing held. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, 0, 0);

    /** Without anything of a TEE. */
    public Usage(
            long heapHandles,
            long bufferHandles,
            long buffers,
            long bytes,
            long mappings,
            long accesses,
            long attachments,
            long quarantined) {
        this(heapHandles, bufferHandles, buffers, bytes, mappings, accesses, attachments, quarantined, 0);
    }
}
