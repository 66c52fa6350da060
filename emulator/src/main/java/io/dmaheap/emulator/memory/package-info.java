/**
 * The regions' memory on both sides of the firewall: {@link io.dmaheap.emulator.memory.PhysicalMemory} knows who holds which part and
 * what is lent to the secure world, {@link io.dmaheap.emulator.memory.SecureStore} has the bytes that the CPU never sees. They stay
 * when their owner goes, as in real memory, until the secure side clears them.
 */
@NullMarked
package io.dmaheap.emulator.memory;

import org.jspecify.annotations.NullMarked;
