/**
 * What only the board has: CMA heaps, and a camera that wants its buffers in one piece. {@code kernel-tests --board} runs them beside
 * the others:
 *
 * <pre>
 * vm/run board --append 'vivid.n_devs=2 vivid.allocators=0,1' --share vm/tests/target/kernel-tests=/t -- /t/bin/kernel-tests --board
 * </pre>
 *
 * <p>The second camera is for these tests and never for protected memory: given some, the kernel itself writes through a null pointer.
 */
@NullMarked
package io.dmaheap.vm.board;

import org.jspecify.annotations.NullMarked;
