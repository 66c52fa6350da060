/**
 * Pictures of memory: {@link io.dmaheap.cli.map.AreaText} and {@link io.dmaheap.cli.map.MachineText} for a terminal,
 * {@link io.dmaheap.cli.map.MapSvg} for a file. All draw the same {@link io.dmaheap.MemoryMap} to scale and know nothing of heaps or
 * platforms.
 */
@NullMarked
package io.dmaheap.cli.map;

import org.jspecify.annotations.NullMarked;
