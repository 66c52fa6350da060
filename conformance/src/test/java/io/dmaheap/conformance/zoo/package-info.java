/**
 * A catalogue of plugin jars that are broken or hostile, and what the framework must make of each. {@link
 * io.dmaheap.conformance.zoo.Catalogue} lists the kinds, {@link io.dmaheap.conformance.zoo.Encounter} is the program that meets one in a
 * JVM of its own, and {@link io.dmaheap.conformance.zoo.Zoo} runs and judges these programs. All but the tests needs the JDK only, so
 * that {@code ./build zoo} runs it without Maven.
 */
@NullMarked
package io.dmaheap.conformance.zoo;

import org.jspecify.annotations.NullMarked;
