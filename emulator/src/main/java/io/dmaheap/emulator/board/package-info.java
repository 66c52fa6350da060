/**
 * What a machine is, drawn from its device tree: memory, the regions reserved in it, the devices that use them, the firmware.
 *
 * <p>{@link io.dmaheap.emulator.board.Board} is the whole of it. Regions follow the kernel's rules: what
 * {@code Documentation/devicetree/bindings/reserved-memory/} says, and where that is silent, what {@code drivers/of/of_reserved_mem.c}
 * and {@code kernel/dma/contiguous.c} do. What is wrong with a description is a {@link io.dmaheap.emulator.board.BoardProblem} with the
 * path of the node, and costs that node only.
 */
@NullMarked
package io.dmaheap.emulator.board;

import org.jspecify.annotations.NullMarked;
