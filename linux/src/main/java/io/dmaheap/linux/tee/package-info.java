/**
 * {@code /dev/teeN}: trusted applications through the kernel's TEE subsystem (drivers/tee/tee_core.c, include/uapi/linux/tee.h).
 *
 * <p>An ioctl that returns 0 has only reached the driver; what the other world thinks of it is in the argument, as a result and who
 * gave it. One that fails leaves both untouched, so the ioctl is looked at first.
 */
@NullMarked
package io.dmaheap.linux.tee;

import org.jspecify.annotations.NullMarked;
