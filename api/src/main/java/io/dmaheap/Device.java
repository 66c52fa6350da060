package io.dmaheap;

/**
 * A device that uses buffers: a bus master. The way of a buffer is the kernel's: attach, map for a direction, unmap, detach
 * (include/linux/dma-buf.h).
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface Device {

    /** What is known of it. */
    DeviceInfo info();

    /**
     * Tells the buffer that this device will use it. The buffer stays alive while it is attached.
     *
     * @return the attachment, which the caller closes
     * @throws HeapException {@link ErrorCode#INCOMPATIBLE_DEVICE} ({@code EBUSY}) if the device can never use this memory;
     *     {@link ErrorCode#ACCESS_DENIED} if the buffer is protected and the device is not on its access list
     * @throws IllegalStateException if the buffer's handle is closed
     */
    Attachment attach(DmaBuf buffer);
}
