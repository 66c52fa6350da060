/**
 * An emulated machine. Its {@link io.dmaheap.emulator.Dram} is what its memory is taken from and never more than it was built
 * with; the bytes are memfds of the host, or plain memory of the JVM where the host has none.
 *
 * <p>It obeys the contract of the real kernel as far as the API can tell. What it does better than the kernel, it does on purpose:
 * a request beyond the machine's memory fails with {@code ENOMEM} instead of waking an OOM killer.
 */
@NullMarked
package io.dmaheap.emulator;

import org.jspecify.annotations.NullMarked;
