/**
 * From a directory of jars to running providers. The one room that knows PF4J; what a provider does once it runs is the business
 * of {@link io.dmaheap.core.plugin.ProviderHost}.
 *
 * <p>{@link io.dmaheap.core.plugin.PluginDirectory} is the door. Behind it, on one thread: a {@code DirectoryListing} is compared
 * with what is loaded; a new jar is copied ({@code WorkingCopies}) and examined ({@code JarInspector}), then sorted among the others
 * ({@code DependencyOrder}) and admitted ({@code Admission}); it becomes one module layer with a loader that can be closed
 * ({@code LoadedPlugin}, {@code JarLoader}), and its providers start. A jar that is gone drains: its heaps are found no more, and
 * when the last buffer is closed the providers stop, the layer goes and the file is closed. A jar that was replaced is loaded beside the one
 * that runs, which drains when the new one has started and stays if that fails.
 *
 * <p>Why draining: a class is loaded when it is first needed, so closing a loader while an object of the plugin lives breaks that
 * object later, in the middle of something else.
 */
@NullMarked
package io.dmaheap.core.plugin;

import org.jspecify.annotations.NullMarked;
