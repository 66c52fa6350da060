/**
 * Range allocators against a bitmap scan, in C as the kernel does it and in Java, on the same traces.
 *
 * <p>A {@link io.dmaheap.bench.allocators.Trace} starts from a filled range, so that only the steady state is measured; all
 * contestants must put every request at the same place, or the run fails.
 */
@NullMarked
package io.dmaheap.bench.allocators;

import org.jspecify.annotations.NullMarked;
