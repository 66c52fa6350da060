/**
 * Stand-ins for the framework and the platform, so that a plugin can be looked at alone: start it with a
 * {@link io.dmaheap.testkit.fake.RecordingContext} and see what it registers.
 *
 * {@snippet :
 * try (var context = new RecordingContext(FakePlatform.withKernelHeaps("system", "acme-video"))) {
 *     new AcmeHeaps().start(context);
 *     assertThat(context.heaps()).containsOnlyKeys("acme-video");
 * }
 * }
 */
@NullMarked
package io.dmaheap.testkit.fake;

import org.jspecify.annotations.NullMarked;
