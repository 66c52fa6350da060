/**
 * Trusted execution environments, after the GlobalPlatform TEE Client API: connect, open a session with a trusted application,
 * invoke its commands with up to four parameters, share memory with it.
 *
 * {@snippet :
 * try (var tee = heaps.openTee("tee0");
 *         var session = tee.openSession(UUID.fromString("045d2922-7f6a-4719-8777-63b1d3e22ddc"));
 *         var frame = tee.register(buffer)) {                            // a protected buffer: no byte of it passes the CPU
 *     var reply = session.invoke(SUM, frame.in(), TeeParameter.valueOut());
 *     long sum = reply.value(1).a();
 * }
 * }
 *
 * <p>Every answer says its result <em>and</em> who gave it ({@link io.dmaheap.tee.TeeOrigin}): the same code means different things
 * from the driver, from the TEE and from the application. A result that is not success is thrown as a
 * {@link io.dmaheap.HeapException} whose {@link io.dmaheap.HeapException#teeReply()} keeps result, origin and what the application
 * wrote back, which is how it tells the size that it needs ({@link io.dmaheap.tee.TeeResult#SHORT_BUFFER}).
 *
 * <p>Calls may block for as long as the other side likes: opening a session with an application that {@code tee-supplicant} would
 * have to load waits for ever where none runs. So a call can have a {@linkplain io.dmaheap.tee.TeeOperation#within time limit} and a
 * {@linkplain io.dmaheap.tee.TeeCancellation cancellation}.
 */
@NullMarked
package io.dmaheap.tee;

import org.jspecify.annotations.NullMarked;
