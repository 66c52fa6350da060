/**
 * What a test may do to an emulated board while it runs: make it {@linkplain io.dmaheap.emulator.control.Faults fail} at chosen
 * points, pin pages, and read the {@linkplain io.dmaheap.emulator.control.VirtualClock time} that its work would have taken on a real
 * board.
 */
@NullMarked
package io.dmaheap.emulator.control;

import org.jspecify.annotations.NullMarked;
