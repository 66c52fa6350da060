/** What the library costs, each figure beside that of somebody who does the same: see {@code docs/performance.md}. */
@NullMarked
package io.dmaheap.bench;

import org.jspecify.annotations.NullMarked;
