package io.dmaheap;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One counted reference to a buffer. The memory is released when the last reference, exported file descriptor, mapping and
 * device attachment is gone; closing this handle drops this one.
 *
 * <p>There is no file descriptor in the caller's hands until {@link #exportFd()}. A handle that becomes garbage unclosed is
 * released late and reported as a leak.
 *
 * <p>Safe for use by several threads; the memory itself is as unsynchronised as any memory.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public interface DmaBuf extends AutoCloseable {

    /** The size in bytes, a multiple of the page size. */
    long size();

    /** What the memory is like. For an imported buffer, what could be found out. */
    Traits traits();

    /** A snapshot of what is known of the buffer now. */
    BufferInfo info();

    /**
     * Labels the buffer ({@code DMA_BUF_SET_NAME_B}).
     *
     * @param name at most 31 bytes of UTF-8 without NUL or line breaks
     * @throws HeapException {@link ErrorCode#INVALID_NAME}
     * @throws IllegalStateException if this handle is closed
     */
    void setName(String name);

    /** Opens the CPU for reading; short for {@link #access(Access)}. */
    default CpuAccess read() {
        return access(Access.READ);
    }

    /** Opens the CPU for writing; short for {@link #access(Access)}. */
    default CpuAccess write() {
        return access(Access.WRITE);
    }

    /**
     * Begins CPU access: waits for the fences of devices that this access conflicts with, makes caches coherent
     * ({@code DMA_BUF_IOCTL_SYNC}, retried on {@code EINTR} and {@code EAGAIN}), and maps the buffer if it is not mapped yet. The
     * wait has no time limit; use {@link #awaitIdle} first where one is needed.
     *
     * @return the access, for this thread only, which the caller closes
     * @throws HeapException {@link ErrorCode#NOT_CPU_ACCESSIBLE} for protected memory, before any system call;
     *     {@link ErrorCode#ACCESS_DENIED} if the buffer was exported for less
     * @throws IllegalStateException if this handle is closed
     */
    CpuAccess access(Access access);

    /**
     * Like {@link #access(Access)}, but any thread may use the segment. Closing costs a handshake with every thread of the JVM.
     *
     * @throws HeapException as {@link #access(Access)}
     * @throws IllegalStateException if this handle is closed
     */
    CpuAccess sharedAccess(Access access);

    /**
     * Waits until no device does what {@code access} conflicts with: for {@link Access#READ} until writers are done, else until
     * everyone is ({@code poll}). It says nothing about caches.
     *
     * @return whether the buffer became idle within the time
     * @throws HeapException {@link ErrorCode#INTERRUPTED}
     * @throws IllegalStateException if this handle is closed
     */
    boolean awaitIdle(Access access, Duration timeout);

    /**
     * The fences that {@code access} would have to wait for, as a sync_file ({@code DMA_BUF_IOCTL_EXPORT_SYNC_FILE}).
     *
     * @throws HeapException {@link ErrorCode#UNSUPPORTED} where buffers carry no fences
     * @throws IllegalStateException if this handle is closed
     */
    Fence exportFence(Access access);

    /**
     * Makes later users of the buffer wait for {@code fence} ({@code DMA_BUF_IOCTL_IMPORT_SYNC_FILE}).
     *
     * @param access what the work behind the fence does with the buffer
     * @throws HeapException {@link ErrorCode#UNSUPPORTED} where buffers carry no fences
     * @throws IllegalStateException if this handle is closed
     */
    void importFence(Fence fence, Access access);

    /**
     * Whether a device may and can do this to the buffer. {@link Answer#UNKNOWN} on a real kernel, which does not tell.
     *
     * @throws HeapException {@link ErrorCode#INVALID_NAME} if there is no such device
     * @throws IllegalStateException if this handle is closed
     */
    Answer canAccess(String device, Access direction);

    /**
     * Who may touch the buffer. Empty for memory that is open to every device, and where nobody can say, as on a real kernel: for a
     * protected buffer ({@link Traits#protection()}), empty means unknown.
     *
     * @throws IllegalStateException if this handle is closed
     */
    Optional<AccessList> accessList();

    /**
     * The number under which the vendor's trusted applications know the buffer, for a driver that passes it to one: a codec whose TA is
     * told of buffers by handle, as MediaTek's are (the kernel series has drivers read it from where a DMA address belongs). A buffer
     * that was imported again has that of the buffer it is. Ask when it is needed and do not keep it: after the secure world was gone
     * the number may be another buffer's.
     *
     * <p>Empty for memory of which the secure world keeps no such numbers, such as OP-TEE's pools, whose buffers a TA is given as
     * {@linkplain io.dmaheap.tee.TeeContext registered} memory; and for a buffer that the secure world has forgotten.
     *
     * @throws IllegalStateException if this handle is closed
     */
    default OptionalLong secureHandle() {
        return OptionalLong.empty();
    }

    /**
     * Makes a file descriptor that refers to the buffer, close-on-exec, with the access mode of the allocation. Until then there is
     * none in anybody's hands.
     *
     * @return the descriptor, which the caller closes or {@linkplain DmaBufFd#release() gives away}
     * @throws HeapException {@link ErrorCode#TOO_MANY_FILES}; {@link ErrorCode#UNSUPPORTED} where the platform has no file
     *     descriptors; {@link ErrorCode#ACCESS_DENIED} ({@code EPERM}) if the buffer was allocated
     *     {@linkplain AllocationRequest#withoutExport() to stay inside}, or the policy denies export from its heap
     * @throws IllegalStateException if this handle is closed
     */
    DmaBufFd exportFd();

    /**
     * Takes one more reference to the same buffer.
     *
     * @throws IllegalStateException if this handle is closed
     */
    DmaBuf retain();

    /** Drops this reference. Closing twice is harmless. */
    @Override
    void close();
}
