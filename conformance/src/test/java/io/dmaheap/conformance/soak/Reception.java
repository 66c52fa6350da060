package io.dmaheap.conformance.soak;

import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.BufferSocket.Message;
import io.dmaheap.CpuAccess;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A thread that accepts every connection and receives every message. */
record Reception(BufferListener listener, Outcomes outcomes, BooleanSupplier over) implements Runnable {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final int MOST_MESSAGES = 300;

    @Override
    public void run() {
        while (!over.getAsBoolean()) {
            Thread.interrupted();
            outcomes.of("BufferListener.accept", () -> listener.accept(SHORT)).ifPresent(accepted -> {
                try (BufferSocket socket = accepted) {
                    hear(socket);
                } catch (RuntimeException | Error e) {
                    outcomes.escape("a reception", e);
                }
            });
        }
    }

    private void hear(BufferSocket socket) {
        boolean open = true;
        for (int count = 0; open && count < MOST_MESSAGES && !over.getAsBoolean(); count++) {
            open = receive(socket);
        }
    }

    /** Whether more may come. */
    private boolean receive(BufferSocket socket) {
        Thread.interrupted(); // what interrupted the last call
        boolean[] open = {true};
        Optional<Message> received = outcomes.of("BufferSocket.receive", () -> {
            try {
                return socket.receive(SHORT);
            } catch (HeapException e) {
                open[0] = e.code() != ErrorCode.DEVICE_GONE && e.code() != ErrorCode.TIMED_OUT;
                throw e;
            }
        });
        received.ifPresent(this::read);
        return open[0];
    }

    private void read(Message received) {
        try (Message message = received) {
            for (DmaBuf buffer : message.buffers()) {
                outcomes.of("DmaBuf.read", () -> {
                    try (CpuAccess access = buffer.read()) {
                        return access.segment().get(ValueLayout.JAVA_BYTE, 0);
                    }
                });
            }
        }
    }
}
