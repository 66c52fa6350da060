package io.dmaheap.emulator.board;

import io.dmaheap.emulator.devicetree.AddressRange;
import java.util.List;
import java.util.OptionalLong;

/**
 * The memory that a boot loader finds on a board. Boot loaders write it into the tree before they start the kernel (U-Boot:
 * {@code fdt_fixup_memory_banks()} in common/fdt_support.c), so more than half of the trees in the kernel's source leave it open.
 *
 * @param banks the banks, instead of those of the tree; empty to take what the tree says
 * @param size bytes of memory if the tree leaves it open
 */
public record BootMemory(List<AddressRange> banks, OptionalLong size) {
    /** What the tree says; where it leaves the memory open, an amount that suits its regions. */
    public static final BootMemory OF_TREE = new BootMemory(List.of(), OptionalLong.empty());

    /** Copies the list. */
    public BootMemory {
        banks = List.copyOf(banks);
    }

    /** These banks, whatever the tree says. */
    public static BootMemory of(List<AddressRange> banks) {
        return new BootMemory(banks, OptionalLong.empty());
    }

    /** What the tree says; where it leaves the memory open, so many bytes. */
    public static BootMemory ofSize(long bytes) {
        return new BootMemory(List.of(), OptionalLong.of(bytes));
    }
}
