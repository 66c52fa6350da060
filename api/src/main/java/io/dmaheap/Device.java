package io.dmaheap;

import java.lang.foreign.MemorySegment;

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

    /**
     * Reads memory at the bus itself, as a device does that was programmed with an address which nobody gave it: nothing is attached and
     * no driver is asked, so that only the bus can stop it. To see that it does, and what memory holds that was given back.
     *
     * @param address where the device sees the memory, as in {@link DeviceMapping.Segment}
     * @param into filled completely
     * @throws HeapException {@link ErrorCode#BUS_FAULT} naming range, device and direction, if the firewall stops it or nothing is
     *     there; {@link ErrorCode#UNSUPPORTED} where this cannot be tried: on a real kernel, and on memory whose bytes are the CPU's
     */
    void busRead(long address, MemorySegment into);

    /**
     * Writes memory at the bus itself.
     *
     * @param address as for {@link #busRead}
     * @param from written completely: whoever has the memory has lost what was there
     * @throws HeapException as {@link #busRead}
     */
    void busWrite(long address, MemorySegment from);
}
