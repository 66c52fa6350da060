/**
 * Device trees, read from wherever a machine keeps its own, into one immutable model.
 *
 * <p>{@link io.dmaheap.emulator.devicetree.TreeFile} tells the three forms apart: a flattened blob (Devicetree Specification v0.4,
 * chapter 5), source text (chapter 6, a subset), and the directories that Linux unpacks a blob into. All three feed one builder,
 * which holds the limits, so hostile input costs bounded memory and ends in one {@link io.dmaheap.HeapException} that names the
 * place and the node. What the nodes mean is the business of {@code io.dmaheap.emulator.board}.
 */
@NullMarked
package io.dmaheap.emulator.devicetree;

import org.jspecify.annotations.NullMarked;
