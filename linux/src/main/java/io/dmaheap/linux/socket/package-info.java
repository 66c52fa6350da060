/** File descriptors on their way to other processes: Unix sockets that keep message boundaries. */
@NullMarked
package io.dmaheap.linux.socket;

import org.jspecify.annotations.NullMarked;
