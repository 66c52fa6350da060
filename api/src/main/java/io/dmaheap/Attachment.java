package io.dmaheap;

/** A buffer attached to a device. Safe for use by several threads. */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface Attachment extends AutoCloseable {

    /**
     * Makes the buffer visible to the device.
     *
     * @param direction what the device does with it
     * @return the mapping, which the caller closes before the attachment
     * @throws HeapException {@link ErrorCode#INCOMPATIBLE_DEVICE} ({@code EINVAL}, {@code ENOMEM}) if addresses or segments are beyond
     *     the device; {@link ErrorCode#ACCESS_DENIED} if the access list forbids the direction
     * @throws IllegalStateException if the attachment is closed
     */
    DeviceMapping map(Access direction);

    /**
     * Detaches. Closing twice is harmless.
     *
     * @throws IllegalStateException while a mapping is open
     */
    @Override
    void close();
}
