/**
 * What we say about the kernel, proven on one. These tests run in the guest of {@code vm/run}, as root, on the class path:
 *
 * <pre>
 * ./build -q -pl vm/tests -am package -DskipTests
 * vm/run debian --share vm/tests/target/kernel-tests=/t -- /t/bin/kernel-tests
 * </pre>
 *
 * <p>The selftests of the kernel tree ({@code tools/testing/selftests/dmabuf-heaps}, {@code drivers/dma-buf}) are here again, spoken
 * in Java; the rest goes through the public API. Nothing is skipped: where a device is missing, the test fails.
 */
@NullMarked
package io.dmaheap.vm;

import org.jspecify.annotations.NullMarked;
