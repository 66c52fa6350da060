/**
 * What the emulator takes from a Linux kernel: memory behind real file descriptors on a machine without a kernel heap.
 *
 * <p>It starts at {@link io.dmaheap.linux.memfd.Memfds#open()}. The memory obeys the contract of a dma-buf as far as a memfd can,
 * and becomes a true dma-buf through {@code /dev/udmabuf} where there is one. What a memfd does differently:
 *
 * <ul>
 *   <li>its {@code statfs} magic is that of tmpfs, and it can be read, written and sought like a file;
 *   <li>it can be mapped privately;
 *   <li>it carries no fences, so it is always idle;
 *   <li>its label is known to this process only;
 *   <li>whoever may look into {@code /proc/PID/fd} can open it again with more access than it was exported with.
 * </ul>
 */
@NullMarked
package io.dmaheap.linux.memfd;

import org.jspecify.annotations.NullMarked;
