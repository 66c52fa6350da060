/**
 * The {@code dmaheap} command. {@link io.dmaheap.cli.Main} starts it, {@link io.dmaheap.cli.Dmaheap} knows the subcommands, and
 * each subcommand is one class. Results go to standard output, everything else to standard error.
 *
 * <p>Exit status: 0 all is well, 1 something is wrong with what was looked at or tried, 2 the command was called wrongly or cannot
 * work here.
 */
@NullMarked
package io.dmaheap.cli;

import org.jspecify.annotations.NullMarked;
