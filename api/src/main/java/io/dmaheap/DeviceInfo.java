package io.dmaheap;

import java.util.List;
import java.util.Objects;

/**
 * What is known of a device that uses buffers.
 *
 * @param name unique on the machine
 * @param description one line about it
 * @param constraints what memory it can use
 * @param heaps the heaps whose regions the machine's description gives to it ({@code memory-region} in the device tree), best first
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record DeviceInfo(String name, String description, Constraints constraints, List<String> heaps) {
    /** Checks that all parts are there and copies the list. */
    public DeviceInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(constraints, "constraints");
        heaps = List.copyOf(heaps);
    }

    /**
     * What a device's DMA can do, after {@code struct device_dma_parameters} and the DMA mask of the kernel's DMA API.
     *
     * @param addressBits the width of its addresses: 32 for memory below 4 GiB
     * @param maxSegments the entries of the longest scatter list it takes, 1 if it needs one contiguous run
     * @param maxSegmentSize the bytes of the largest single segment
     * @param behindIommu whether an IOMMU makes scattered memory look contiguous to it
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public record Constraints(int addressBits, int maxSegments, long maxSegmentSize, boolean behindIommu) {
        /** A device that can use any memory. */
        public static final Constraints NONE = new Constraints(64, Integer.MAX_VALUE, Long.MAX_VALUE, false);

        /** Checks the ranges. */
        public Constraints {
            if (addressBits < 1 || addressBits > 64 || maxSegments < 1 || maxSegmentSize < 1) {
                throw new IllegalArgumentException("addressBits 1 to 64, maxSegments and maxSegmentSize at least 1");
            }
        }

        /** Whether only memory in one piece will do. */
        public boolean needsContiguous() {
            return maxSegments == 1 && !behindIommu;
        }
    }
}
