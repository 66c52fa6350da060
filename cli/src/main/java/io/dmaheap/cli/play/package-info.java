/**
 * Plays what video, camera, display, graphics and AI pipelines do with memory. A {@link io.dmaheap.cli.play.Workload} is a sequence of
 * {@link io.dmaheap.cli.play.Event}s on a virtual clock; it comes from a {@link io.dmaheap.cli.play.Profile} or from a recorded trace
 * file. The {@link io.dmaheap.cli.play.Player} does to real buffers what the events say, and measures.
 */
@NullMarked
package io.dmaheap.cli.play;

import org.jspecify.annotations.NullMarked;
