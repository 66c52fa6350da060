/**
 * An emulated machine: a {@link io.dmaheap.emulator.Machine} is a board and a few settings, the
 * {@link io.dmaheap.emulator.EmulatorPlatform} is the machine running. Page-scattered memory is taken from its
 * {@link io.dmaheap.emulator.Dram}, memory of a region from a {@link io.dmaheap.emulator.BoardRegion}, which notes in
 * {@link io.dmaheap.emulator.PhysicalMemory} what it gave out. A {@link io.dmaheap.emulator.BoardDevice} finds a buffer at its
 * {@link io.dmaheap.emulator.Place} and reaches it through the {@link io.dmaheap.emulator.bus.Firewall}. The bytes are the {@link io.dmaheap.emulator.Host}'s: memfds, or plain
 * memory of the JVM where the host has none.
 *
 * <p>It obeys the contract of the real kernel as far as the API can tell. What it does better than the kernel, it does on purpose:
 * a request beyond the machine's memory fails with {@code ENOMEM} instead of waking an OOM killer.
 */
@NullMarked
package io.dmaheap.emulator;

import org.jspecify.annotations.NullMarked;
