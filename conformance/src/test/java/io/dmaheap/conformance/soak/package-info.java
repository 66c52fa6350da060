/**
 * Everything at once, for as long as wished: programs that allocate, map, share and close with many threads, while plugins come, change,
 * hang and go, a cleaner deletes temporary files and a peer sends what it must not. {@link io.dmaheap.conformance.soak.Soak} runs the
 * programs and acts on them from outside, {@link io.dmaheap.conformance.soak.Workload} is the program under test, and {@link
 * io.dmaheap.conformance.soak.Verdict} judges what it reports. All but the tests needs the JDK only, so that {@code ./build soak} runs it
 * without Maven.
 */
@NullMarked
package io.dmaheap.conformance.soak;

import org.jspecify.annotations.NullMarked;
