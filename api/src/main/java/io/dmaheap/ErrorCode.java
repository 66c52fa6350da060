package io.dmaheap;

/**
 * The kind of a failure, for programs; the message of the {@link HeapException} is for people. New codes may appear, so a
 * {@code switch} over this type needs a {@code default}.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public enum ErrorCode {
    /** Size zero, negative, or so large that rounding up to a page overflows (kernel: {@code EINVAL}). */
    INVALID_SIZE,
    /** A flag that neither the framework nor this heap knows (kernel: {@code EINVAL}). */
    INVALID_FLAGS,
    /** A name that the kernel or the file system would refuse (kernel: {@code EINVAL}). */
    INVALID_NAME,
    /** No heap of that name (kernel: {@code ENOENT}). */
    HEAP_NOT_FOUND,
    /** The heap is draining: its plugin is being removed, so it takes no new allocation. */
    HEAP_DRAINING,
    /** The user may not open the heap or device node (kernel: {@code EACCES}, {@code EPERM}). */
    PERMISSION_DENIED,
    /** The heap has no memory left for this request (kernel: {@code ENOMEM}). */
    OUT_OF_MEMORY,
    /** Refused before the kernel was asked: above the memory available or above a limit of the policy. */
    LIMIT_EXCEEDED,
    /** No file descriptor left in this process or system (kernel: {@code EMFILE}, {@code ENFILE}). */
    TOO_MANY_FILES,
    /** The file descriptor is closed or refers to something that is no dma-buf (kernel: {@code EBADF}, {@code EINVAL}). */
    NOT_A_DMA_BUF,
    /** The CPU may not touch this memory: it is protected, or its exporter offers no mapping. */
    NOT_CPU_ACCESSIBLE,
    /** Protected memory is due, and this is none, or nobody can vouch for it ({@code EPERM}). */
    NOT_PROTECTED,
    /**
     * The buffer was exported for less access than was asked for (kernel: {@code EACCES}), or may not be exported at all
     * ({@code EPERM}).
     */
    ACCESS_DENIED,
    /** The device can never use this memory: addresses, contiguity or segments are beyond it (kernel: {@code EBUSY}). */
    INCOMPATIBLE_DEVICE,
    /** The bus firewall stopped a transfer: the device or CPU may not touch that range in that direction. */
    BUS_FAULT,
    /** This platform or kernel does not offer the operation (kernel: {@code ENOTTY}, {@code EOPNOTSUPP}, {@code ENOSYS}). */
    UNSUPPORTED,
    /** The platform that was asked for cannot be used on this machine. */
    PLATFORM_UNAVAILABLE,
    /** The time limit passed first. */
    TIMED_OUT,
    /** The waiting thread was interrupted; its interrupt status is set again. */
    INTERRUPTED,
    /** The device or service behind the heap has gone away (kernel: {@code ENODEV}, {@code EINVAL} of a dead TEE). */
    DEVICE_GONE,
    /** A TEE or a trusted application answered with an error; {@link HeapException#teeReply()} has its result and origin. */
    TEE_FAILED,
    /** A plugin broke its contract: it threw something else than a {@link HeapException}, or returned what it must not. */
    PLUGIN_FAILED,
    /** A policy, plugin directory or option that cannot be read or makes no sense. */
    INVALID_CONFIGURATION,
    /** Any other error of the operating system; see {@link HeapException#errno()}. */
    SYSTEM_ERROR
}
