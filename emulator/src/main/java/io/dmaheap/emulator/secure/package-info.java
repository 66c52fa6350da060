/**
 * The emulated secure world as its makers see it: trusted applications as Java objects, and the control by which a test lets it die,
 * come late, or answer what no real one would. Experimental: it may change in any version.
 */
@NullMarked
package io.dmaheap.emulator.secure;

import org.jspecify.annotations.NullMarked;
