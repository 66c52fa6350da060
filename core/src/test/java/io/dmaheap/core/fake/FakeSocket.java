package io.dmaheap.core.fake;

import io.dmaheap.BufferSocket.Peer;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One end of a connection within the process. It never waits: what is not there yet does not come. */
final class FakeSocket implements FdSocket {
    private final FakePlatform platform;
    private final Queue<Message> incoming;
    private final Queue<Message> outgoing;

    private FakeSocket(FakePlatform platform, Queue<Message> incoming, Queue<Message> outgoing) {
        this.platform = platform;
        this.incoming = incoming;
        this.outgoing = outgoing;
        platform.sockets.incrementAndGet();
    }

    @Override
    public Peer peer() {
        return new Peer(1, 2, 3);
    }

    @Override
    public void send(byte[] payload, List<DmaBufFd> descriptors) {
        platform.faults.hit("send");
        outgoing.add(new Message(
                payload, descriptors.stream().map(platform::duplicate).toList()));
    }

    @Override
    public Optional<Message> receive(Duration timeout) {
        platform.faults.hit("receive");
        return Optional.ofNullable(incoming.poll());
    }

    @Override
    public void close() {
        incoming.forEach(message -> message.descriptors().forEach(DmaBufFd::close));
        platform.sockets.decrementAndGet();
        platform.faults.hit("socketClose");
    }

    /** A listener, to which every connection of the platform goes. */
    static final class Listener implements FdListener {
        private final FakePlatform platform;
        private final Queue<FakeSocket> waiting = new ArrayDeque<>();

        Listener(FakePlatform platform) {
            this.platform = platform;
            platform.sockets.incrementAndGet();
        }

        FakeSocket connect() {
            var there = new ConcurrentLinkedQueue<Message>();
            var back = new ConcurrentLinkedQueue<Message>();
            waiting.add(new FakeSocket(platform, there, back));
            return new FakeSocket(platform, back, there);
        }

        static HeapException refused() {
            return HeapException.of(ErrorCode.SYSTEM_ERROR, "nobody listens")
                    .errno("ECONNREFUSED")
                    .build();
        }

        @Override
        public Optional<FdSocket> accept(Duration timeout) {
            platform.faults.hit("accept");
            return Optional.ofNullable(waiting.poll());
        }

        @Override
        public void close() {
            waiting.forEach(FakeSocket::close);
            platform.sockets.decrementAndGet();
            platform.faults.hit("listenerClose");
        }
    }
}
