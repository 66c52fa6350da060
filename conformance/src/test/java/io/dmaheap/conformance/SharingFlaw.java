package io.dmaheap.conformance;

import io.dmaheap.Access;
import io.dmaheap.BufferSocket;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.Fence;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What goes wrong with fences, descriptors and sockets. */
enum SharingFlaw implements CallerFlaw {
    FENCE_THAT_NEVER_SIGNALS(
            () -> call -> call.is(DmaBuf.class, "exportFence") ? new Signal(Fence.State.PENDING) : call.proceed(),
            "theFenceOfAnIdleBufferHasSignaledWhereThereAreFences"),
    FENCES_FOR_WRITING_ONLY(
            () -> call -> {
                if (!call.is(DmaBuf.class, "exportFence")) {
                    return call.proceed();
                }
                if (call.arguments()[0] == Access.READ) {
                    throw CallerFlaw.failure(ErrorCode.UNSUPPORTED);
                }
                return new Signal(Fence.State.SIGNALED);
            },
            "fencesAreSupportedAlwaysOrNever"),
    TAKES_NO_FENCE_BACK(
            () -> call -> {
                if (call.is(DmaBuf.class, "importFence")) {
                    throw CallerFlaw.failure(ErrorCode.UNSUPPORTED);
                }
                return call.is(DmaBuf.class, "exportFence") ? new Signal(Fence.State.SIGNALED) : call.proceed();
            },
            "aSignaledFenceCanBeGivenBackToTheBuffer"),
    ONE_DESCRIPTOR_FOR_ALL(
            () -> {
                var first = new DmaBufFd[1];
                return call -> {
                    if (!call.is(DmaBuf.class, "exportFd")) {
                        return call.proceed();
                    }
                    if (first[0] == null) {
                        first[0] = (DmaBufFd) call.proceed();
                    }
                    return first[0];
                };
            },
            "anExportIsANewDescriptorThatTheCallerOwns"),
    IMPORTS_NOTHING(
            () -> call -> {
                if (call.is(Heaps.class, "importFd")) {
                    throw CallerFlaw.failure(ErrorCode.NOT_A_DMA_BUF);
                }
                return call.proceed();
            },
            "anExportThatComesBackIsTheSameBuffer",
            "aDescriptorKeepsTheBytesAfterTheLastHandle"),
    IMPORTS_EVERYTHING(
            () -> {
                var heap = new Heap[1];
                return call -> {
                    if (call.is(Heap.class, "allocate")) {
                        heap[0] = (Heap) call.working();
                    }
                    return call.is(Heaps.class, "importFd") ? heap[0].allocate(4096) : call.proceed();
                };
            },
            "descriptorsOfOtherThingsAreRefused"),
    LOSES_WORDS(
            () -> message(message -> new BufferSocket.Message("", message.buffers())),
            "aPeerSeesWhatWasWrittenAndAnswersInPlace"),
    TURNS_BUFFERS_ROUND(
            () -> message(message ->
                    new BufferSocket.Message(message.text(), message.buffers().reversed())),
            "severalBuffersArriveInTheOrderSent"),
    SPEAKS_ASCII(
            () -> message(message ->
                    new BufferSocket.Message(message.text().replaceAll("\\P{ASCII}", "?"), message.buffers())),
            "aMessageNeedsNoBuffers"),
    CONFUSES_SILENCE_WITH_THE_END(
            () -> call -> {
                try {
                    return call.proceed();
                } catch (HeapException e) {
                    if (!call.is(BufferSocket.class, "receive")) {
                        throw e;
                    }
                    throw CallerFlaw.failure(
                            e.code() == ErrorCode.TIMED_OUT ? ErrorCode.DEVICE_GONE : ErrorCode.TIMED_OUT);
                }
            },
            "waitingForASilentPeerTimesOut",
            "aPeerThatHungUpIsReported"),
    MISTAKES_THE_PEER(
            () -> call -> call.is(BufferSocket.class, "peer") ? new BufferSocket.Peer(1, 0, 0) : call.proceed(),
            "thePeerIsThisProcess");

    private final Supplier<Interception.Flaw> flaw;
    private final List<String> noticedBy;

    SharingFlaw(Supplier<Interception.Flaw> flaw, String... noticedBy) {
        this.flaw = flaw;
        this.noticedBy = List.of(noticedBy);
    }

    @Override
    public List<String> noticedBy() {
        return noticedBy;
    }

    @Override
    public Interception.Flaw flaw() {
        return flaw.get();
    }

    private static Interception.Flaw message(UnaryOperator<BufferSocket.Message> change) {
        return call -> call.is(BufferSocket.class, "receive")
                ? change.apply((BufferSocket.Message) call.proceed())
                : call.proceed();
    }

    /** A fence of no device. */
    private record Signal(State state) implements Fence {
        @Override
        public boolean await(Duration timeout) {
            return state == State.SIGNALED;
        }

        @Override
        public Fence merge(Fence other) {
            return this;
        }

        @Override
        public DmaBufFd exportFd() {
            throw CallerFlaw.failure(ErrorCode.UNSUPPORTED);
        }

        @Override
        public void close() {}
    }
}
