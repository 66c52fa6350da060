/**
 * An emulated machine. An {@link io.dmaheap.emulator.Emulator} is a board in the hands of a program; inside, a {@code Machine} is a board
 * and a few settings, the {@code EmulatorPlatform} is the machine running, and {@code Workings} is what its parts share.
 *
 * <p>Page-scattered memory is taken from the machine's {@code Dram}, memory of a region from a {@code BoardRegion}, which notes in
 * {@link io.dmaheap.emulator.memory.PhysicalMemory} what it gave out or lent. What the CPU may touch is {@code EmulatedMemory}, whose
 * bytes are the {@code Host}'s: memfds, or plain memory of the JVM where the host has none. What it may not is {@code ProtectedMemory},
 * whose bytes are in the {@link io.dmaheap.emulator.memory.SecureStore}. A {@code BoardDevice} reaches both through the
 * {@link io.dmaheap.emulator.bus.Firewall}.
 *
 * <p>It obeys the contract of the real kernel as far as the API can tell. What it does better than the kernel, it does on purpose:
 * a request beyond the machine's memory fails with {@code ENOMEM} instead of waking an OOM killer.
 */
@NullMarked
package io.dmaheap.emulator;

import org.jspecify.annotations.NullMarked;
