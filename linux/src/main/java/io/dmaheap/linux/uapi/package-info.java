/** The kernel's binary interface as data: one class per header of {@code include/uapi/linux}, with layouts and ioctl numbers. */
@NullMarked
package io.dmaheap.linux.uapi;

import org.jspecify.annotations.NullMarked;
