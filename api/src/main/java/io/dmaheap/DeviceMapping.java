package io.dmaheap;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A buffer as a device sees it, from map to unmap. On the emulator the device is software, and {@link #read} and {@link #write} are
 * its bus: every transfer passes the firewall.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface DeviceMapping extends AutoCloseable {

    /** The scatter list in device addresses, in buffer order. */
    List<Segment> segments();

    /** What the device may do. */
    Access direction();

    /**
     * The device reads.
     *
     * @param offset bytes from the start of the buffer
     * @param into filled completely
     * @throws HeapException {@link ErrorCode#BUS_FAULT} naming range, device and direction, if the firewall stops it: before the first
     *     byte, or where its rules change meanwhile, at a later one
     * @throws IndexOutOfBoundsException beyond the buffer
     * @throws IllegalStateException if the mapping is closed, before the transfer or during it
     */
    void read(long offset, MemorySegment into);

    /**
     * The device writes.
     *
     * @param offset bytes from the start of the buffer
     * @param from written completely
     * @throws HeapException as {@link #read}
     * @throws IndexOutOfBoundsException beyond the buffer
     * @throws IllegalStateException if the mapping is closed, before the transfer or during it
     */
    void write(long offset, MemorySegment from);

    /**
     * Unmaps. A transfer of another thread that is under way ends first: it fails with an {@link IllegalStateException}, and some of its
     * bytes may have been moved. After this returns none is. Closing twice is harmless.
     */
    @Override
    void close();

    /**
     * One entry of a scatter list.
     *
     * @param address where the device sees it
     * @param length bytes
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    record Segment(long address, long length) {}
}
