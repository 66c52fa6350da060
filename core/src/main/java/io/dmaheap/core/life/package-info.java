/** Reference counts that cannot come back from the dead, and the hunt for handles that nobody closed. */
@NullMarked
package io.dmaheap.core.life;

import org.jspecify.annotations.NullMarked;
