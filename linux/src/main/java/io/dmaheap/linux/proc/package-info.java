/** What {@code /proc} and {@code /sys} tell about memory and who holds it. */
@NullMarked
package io.dmaheap.linux.proc;

import org.jspecify.annotations.NullMarked;
