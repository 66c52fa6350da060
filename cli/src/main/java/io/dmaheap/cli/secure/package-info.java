/**
 * The protected video path as a program sees it: {@link io.dmaheap.cli.secure.SecureVideo} takes protected buffers, has the devices
 * that may touch them pass pictures on, has all others try, and tells what was proven.
 */
@NullMarked
package io.dmaheap.cli.secure;

import org.jspecify.annotations.NullMarked;
