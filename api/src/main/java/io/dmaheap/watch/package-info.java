/**
 * Watches a directory by its path. For the modules of this project that watch one: plugin jars in the core, the nodes of kernel heaps on
 * Linux. Exported to these only, and not part of the public API.
 *
 * <p>{@link io.dmaheap.watch.FolderWatch} compares one listing of the directory with the next. An event of inotify says when to look
 * and never what happened, so events that are lost, merged or late change nothing.
 */
@NullMarked
package io.dmaheap.watch;

import org.jspecify.annotations.NullMarked;
