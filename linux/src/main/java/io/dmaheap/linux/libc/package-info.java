/**
 * The C library as Java sees it: functions of plain numbers and segments, struct layouts, ioctl numbers and errno names.
 *
 * <p>Everything above this package calls {@link io.dmaheap.linux.libc.Libc}, an interface, so that a test can let any call fail
 * with any errno. {@link io.dmaheap.linux.libc.FfmLibc} is the one class of the project that links native functions.
 */
@NullMarked
package io.dmaheap.linux.libc;

import org.jspecify.annotations.NullMarked;
