/** How long it takes to open heaps with many plugin jars, and how much memory a further jar costs. */
@NullMarked
package io.dmaheap.bench.plugins;

import org.jspecify.annotations.NullMarked;
