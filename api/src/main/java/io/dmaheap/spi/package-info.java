/**
 * For vendors: a heap plugin implements {@link io.dmaheap.spi.HeapProvider} and, per heap, {@link io.dmaheap.spi.HeapOps} or
 * {@link io.dmaheap.spi.RestrictedHeapOps}; a port to another system implements {@link io.dmaheap.spi.PlatformProvider}.
 *
 * <p>A plugin needs this module and, for managing a range, {@code heap-allocators}; nothing else. It does not know the caller,
 * and the platform does not know the plugin. New methods arrive here only as {@code default} methods with a sensible answer.
 *
 * <p>Implementations report what goes wrong by throwing {@link io.dmaheap.HeapException}. Anything else that escapes a plugin is
 * caught by the framework and becomes {@link io.dmaheap.ErrorCode#PLUGIN_FAILED}.
 */
@NullMarked
package io.dmaheap.spi;

import org.jspecify.annotations.NullMarked;
