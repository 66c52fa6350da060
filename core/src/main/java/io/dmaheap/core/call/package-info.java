/**
 * Calls into the life cycle of a plugin. Each runs on a thread of its own and has a limit in time; afterwards the caller goes on, and
 * the thread is counted until the plugin returns.
 */
@NullMarked
package io.dmaheap.core.call;

import org.jspecify.annotations.NullMarked;
