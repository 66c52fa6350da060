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
 * @param overdueCalls calls into plugins that are over their limit ({@code limit.plugin.call} of the policy) and have not returned; each
 *     occupies a thread
 * @param descriptors open {@link DmaBufFd}s. One of a buffer keeps its memory, which counts above and for limits as long
 * @param fences open {@link Fence}s
 * @param sockets open {@link BufferSocket}s and {@link BufferListener}s
 * @param choices open {@link Choice}s, whose heaps count among the {@code heapHandles}
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
        long teeObjects,
        long overdueCalls,
        long descriptors,
        long fences,
        long sockets,
        long choices) {

    /** Nothing held. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, 0, 0);

    /** Without calls that are overdue, descriptors, fences, sockets and choices. */
    public Usage(
            long heapHandles,
            long bufferHandles,
            long buffers,
            long bytes,
            long mappings,
            long accesses,
            long attachments,
            long quarantined,
            long teeObjects) {
        this(
                heapHandles,
                bufferHandles,
                buffers,
                bytes,
                mappings,
                accesses,
                attachments,
                quarantined,
                teeObjects,
                0,
                0,
                0,
                0,
                0);
    }

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
