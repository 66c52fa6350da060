package io.dmaheap.spi;

import io.dmaheap.PublicApi;
import java.util.List;
import java.util.Optional;

/**
 * What OP-TEE offers the kernel for protected memory (drivers/tee/optee/optee_smc.h and optee_msg.h, Linux 6.18). Memory is either
 * the secure world's for good, and reported as a range that the kernel divides, or the kernel's, and lent while there are buffers.
 *
 * <p>Use cases are the numbers of {@code enum tee_dma_heap_id} (include/linux/tee_core.h): 1 secure video playback, 2 trusted user
 * interface, 3 secure video recording; 0 is reserved. A refusal by the firmware is a {@link io.dmaheap.HeapException} with the result
 * and its origin in {@link io.dmaheap.HeapException#teeReply()}; the kernel's driver makes {@code EINVAL} of each of them.
 *
 * <p>Safe for use by several threads.
 */
@PublicApi(audience = PublicApi.Audience.PLATFORMS, stability = PublicApi.Stability.EXPERIMENTAL)
public interface ProtectedMemoryFirmware {

    /** The secure world's own range for secure video playback ({@code OPTEE_SMC_GET_PROTMEM_CONFIG}), if it has one. */
    Optional<PhysicalRange> staticPool();

    /**
     * What memory the firmware wants for a use case ({@code OPTEE_MSG_CMD_GET_PROTMEM_CONFIG}, 10); empty where it does not offer the
     * use case.
     *
     * @throws io.dmaheap.HeapException if the firmware refuses to say
     */
    Optional<Config> config(int useCase);

    /** The region that the kernel takes pages from when it lends some: the DMA memory of the TEE device. */
    Optional<MemoryRegion> lendable();

    /**
     * Hands lent pages over ({@code OPTEE_MSG_CMD_LEND_PROTMEM}, 8), which then are protected for the use case.
     *
     * @param range exactly what was {@linkplain MemoryRegion#lend lent}
     * @param attributes those of the {@linkplain Config configuration}, as an FF-A memory transaction repeats them
     * @param cookie the kernel's name for the loan, which no other loan has
     * @throws io.dmaheap.HeapException if the firmware refuses; then the pages are not protected, and nobody reaches them
     */
    void lend(int useCase, PhysicalRange range, List<Attribute> attributes, long cookie);

    /**
     * Demands lent pages back ({@code OPTEE_MSG_CMD_RECLAIM_PROTMEM}, 9). The firmware clears them; then they can be
     * {@linkplain LentRange#reclaim() reclaimed}.
     *
     * @throws io.dmaheap.HeapException if the firmware refuses; then the pages are as protected as before
     */
    void reclaim(long cookie);

    /**
     * The memory that a use case wants.
     *
     * @param minimumSize bytes; the driver lends exactly so many
     * @param alignment bytes, a power of two, of the first address; Linux ignores it
     * @param addressBits the width of the physical addresses that will do, 64 at most
     * @param attributes who will use it
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    record Config(long minimumSize, long alignment, int addressBits, List<Attribute> attributes) {
        /** Checks the numbers and copies the list. */
        public Config {
            attributes = List.copyOf(attributes);
            if (minimumSize <= 0 || alignment <= 0 || Long.bitCount(alignment) != 1) {
                throw new IllegalArgumentException(
                        "minimumSize must be positive and alignment a power of two: " + minimumSize + ", " + alignment);
            }
            if (addressBits < 1 || addressBits > 64) {
                throw new IllegalArgumentException("1 to 64 address bits, not " + addressBits);
            }
        }
    }

    /**
     * A memory attribute, 32 bits on the wire: the endpoint below, the permissions above.
     *
     * @param endpoint the id of a device or partition, 16 bits: {@link PlatformDevice#endpoint()}
     * @param permissions as in an FF-A memory access descriptor: 1 reading, 2 reading and writing
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    record Attribute(int endpoint, int permissions) {
        /** Reading only. */
        public static final int READ_ONLY = 1;

        /** Reading and writing. */
        public static final int READ_WRITE = 2;

        /** Checks that both fit into 16 bits. */
        public Attribute {
            if (endpoint >>> 16 != 0 || permissions >>> 16 != 0) {
                throw new IllegalArgumentException("endpoint and permissions have 16 bits each");
            }
        }
    }
}
