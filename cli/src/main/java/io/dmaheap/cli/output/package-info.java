/** How the command writes: aligned tables, sizes and times for people, JSON for programs. */
@NullMarked
package io.dmaheap.cli.output;

import org.jspecify.annotations.NullMarked;
