package io.dmaheap.spi;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Fence;
import io.dmaheap.HeapException;
import io.dmaheap.PublicApi;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The memory of one buffer, as a platform or plugin gives it to the framework: behind it is a file descriptor, a set of ranges, or
 * a handle of the secure world.
 *
 * <p>Only {@link #size()} and {@link #release()} must be implemented. The defaults are those of memory that the CPU cannot touch
 * and that has no file descriptor. The framework calls nothing after {@link #release()}, and calls {@code release} once, when no
 * mapping made by {@link #map} is left. Other calls come from several threads at a time.
 */
@PublicApi(audience = PublicApi.Audience.PLUGINS)
public interface Memory {

    /** Bytes, a multiple of the page size. Never changes. */
    long size();

    /**
     * Gives the memory back. Must not fail: what goes wrong is logged. Called again where the calling thread had no stack left for it
     * ({@link StackOverflowError}).
     */
    void release();

    /** The platform's memory behind this one, which devices attach to; itself unless a plugin wrapped it in its own record. */
    default Memory backing() {
        return this;
    }

    /** What is known of it. */
    default MemoryInfo info() {
        return MemoryInfo.NONE;
    }

    /**
     * As {@link #info()} without any effect: where memory gets a descriptor for others only once it is asked for, this does not ask. It
     * then tells of none.
     */
    default MemoryInfo peek() {
        return info();
    }

    /**
     * Maps all of it into this process.
     *
     * @param access what the mapping must allow
     * @throws HeapException {@link ErrorCode#NOT_CPU_ACCESSIBLE}; {@link ErrorCode#ACCESS_DENIED} ({@code EACCES})
     */
    default Mapping map(Access access) {
        throw HeapException.of(ErrorCode.NOT_CPU_ACCESSIBLE, "this memory cannot be mapped by the CPU")
                .operation("map")
                .build();
    }

    /** Waits for conflicting fences, then makes what devices wrote visible to the CPU. */
    default void beginCpuAccess(Access access) {}

    /** Makes what the CPU wrote visible to devices. */
    default void endCpuAccess(Access access) {}

    /** Waits until nobody does what {@code access} conflicts with; false if the time passed first. */
    default boolean awaitIdle(Access access, Duration timeout) {
        return true;
    }

    /** The fences that {@code access} would wait for. */
    default Fence exportFence(Access access) {
        throw unsupported("fences");
    }

    /** Makes later users wait for {@code fence}. */
    default void importFence(Fence fence, Access access) {
        throw unsupported("fences");
    }

    /** Who may touch it; empty for memory that is open to every device, and where the platform cannot tell. */
    default Optional<AccessList> accessList() {
        return Optional.empty();
    }

    /**
     * The number under which a trusted application of the vendor knows the memory now, for {@link io.dmaheap.DmaBuf#secureHandle()}; empty
     * if there is no such number.
     */
    default OptionalLong secureHandle() {
        return OptionalLong.empty();
    }

    /** A new descriptor of the memory, close-on-exec, owned by the caller. */
    default DmaBufFd exportFd() {
        throw unsupported("file descriptors");
    }

    /**
     * Labels the memory where others can see it.
     *
     * @param name checked: at most 31 bytes of UTF-8 without NUL or line breaks
     */
    default void setName(String name) {}

    private static HeapException unsupported(String what) {
        return HeapException.of(ErrorCode.UNSUPPORTED, "this memory has no " + what)
                .errno("EOPNOTSUPP")
                .build();
    }
}
