package io.dmaheap.conformance.soak;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.Attachment;
import io.dmaheap.BufferSocket;
import io.dmaheap.Choice;
import io.dmaheap.CpuAccess;
import io.dmaheap.Device;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.BooleanSupplier;

/** One thread that uses the heaps: allocates, maps, shares, hands over and closes, as its seed says. */
final class Worker implements Runnable {
    private static final int MOST_HELD = 3;
    private static final long PAGE = 4096;
    private static final long NOT = Long.MAX_VALUE;
    private static final String[] DEVICES = {"gpu", "display", "vdec"};

    /** What the workers of a program have in common. */
    record Ground(
            Heaps heaps,
            Outcomes outcomes,
            List<String> shipped,
            List<String> guests,
            List<String> slow,
            AtomicReferenceArray<DmaBuf> handedOver,
            List<Path> sockets,
            Map<String, LongAccumulator> longest,
            BooleanSupplier over) {}

    private record Owned(DmaBuf buffer, long stamp, boolean written) {}

    private final Ground ground;
    private final Heaps heaps;
    private final Outcomes outcomes;
    private final Random random;
    private final List<Owned> own = new ArrayList<>();
    /** Since when it allocates from a shipped heap, by {@link System#nanoTime}; {@link #NOT} if it does not. */
    private volatile long allocating = NOT;

    Worker(Ground ground, long seed) {
        this.ground = ground;
        this.heaps = ground.heaps();
        this.outcomes = ground.outcomes();
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        while (!ground.over().getAsBoolean()) {
            step();
        }
        Thread.interrupted();
        own.forEach(owned -> close(owned.buffer()));
    }

    /** Whether it has been allocating from a shipped heap for so long. */
    boolean isAllocatingFor(Duration time) {
        long since = allocating;
        return since != NOT && System.nanoTime() - since > time.toNanos();
    }

    private void step() {
        Thread.interrupted(); // what interrupted the last step
        try {
            int turn = random.nextInt(100);
            if (turn < 45) {
                allocate();
            } else if (turn < 65) {
                closeOne();
            } else if (turn < 75) {
                pickOwn().ifPresent(owned -> exportAndImport(owned.buffer()));
            } else if (turn < 83) {
                send();
            } else if (turn < 88) {
                handOver();
            } else if (turn < 93) {
                useHandedOver();
            } else if (turn < 96) {
                pickOwn().ifPresent(owned -> attach(owned.buffer()));
            } else if (turn < 98) {
                look();
            } else {
                choose();
            }
        } catch (RuntimeException | Error e) {
            outcomes.escape("a step", e);
        }
    }

    /** Mostly a shipped heap; a slow one rarely, as it may hold up this thread for seconds. */
    private String heapName() {
        int turn = random.nextInt(100);
        List<String> names = turn < 60 ? ground.shipped() : turn < 98 ? ground.guests() : ground.slow();
        return names.get(random.nextInt(names.size()));
    }

    private Optional<Heap> find(String name) {
        return switch (random.nextInt(20)) {
            case 0 -> outcomes.of("Heaps.await", () -> heaps.await(name, Duration.ofMillis(20)));
            case 1 -> outcomes.of("Heaps.heap", () -> heaps.heap(name));
            default -> outcomes.of("Heaps.find", () -> heaps.find(name)).flatMap(found -> found);
        };
    }

    private void allocate() {
        String name = heapName();
        Optional<Heap> found = find(name);
        if (found.isEmpty()) {
            return;
        }
        long size = PAGE * (1 + random.nextInt(16));
        try (Heap heap = found.get()) {
            boolean ofShipped = ground.shipped().contains(name);
            long begin = System.nanoTime();
            allocating = ofShipped ? begin : NOT;
            Optional<DmaBuf> allocated = outcomes.of("Heap.allocate", () -> heap.allocate(size));
            allocating = NOT;
            if (ofShipped) {
                ground.longest()
                        .computeIfAbsent(name, _ -> new LongAccumulator(Long::max, 0))
                        .accumulate(System.nanoTime() - begin);
            }
            allocated.ifPresent(this::own);
        }
        while (own.size() > MOST_HELD) {
            closeOne();
        }
    }

    private void own(DmaBuf buffer) {
        long stamp = random.nextLong();
        boolean written = outcomes.of("DmaBuf.write", () -> {
                    try (CpuAccess access = buffer.write()) {
                        access.segment().set(ValueLayout.JAVA_LONG, buffer.size() - Long.BYTES, stamp);
                    }
                    return true;
                })
                .isPresent();
        own.add(new Owned(buffer, stamp, written));
    }

    private void closeOne() {
        if (own.isEmpty()) {
            return;
        }
        Owned owned = own.remove(random.nextInt(own.size()));
        if (owned.written()) {
            outcomes.of("DmaBuf.read", () -> {
                try (CpuAccess access = owned.buffer().read()) {
                    long stamp = access.segment()
                            .get(ValueLayout.JAVA_LONG, owned.buffer().size() - Long.BYTES);
                    if (stamp != owned.stamp()) {
                        throw new AssertionError("another owner wrote to this buffer: " + owned.buffer());
                    }
                }
                return true;
            });
        }
        close(owned.buffer());
    }

    private void close(DmaBuf buffer) {
        outcomes.of("DmaBuf.close", () -> {
            buffer.close();
            return true;
        });
    }

    private Optional<Owned> pickOwn() {
        return own.isEmpty() ? Optional.empty() : Optional.of(own.get(random.nextInt(own.size())));
    }

    private void exportAndImport(DmaBuf buffer) {
        outcomes.of("DmaBuf.exportFd", buffer::exportFd).ifPresent(exported -> {
            try (DmaBufFd fd = exported) {
                outcomes.of("Heaps.importFd", () -> heaps.importFd(fd.number())).ifPresent(this::close);
            }
        });
    }

    private void send() {
        Path path = ground.sockets().get(random.nextInt(ground.sockets().size()));
        Optional<BufferSocket> connected = outcomes.of("Heaps.connect", () -> heaps.connect(path));
        if (connected.isEmpty()) {
            return;
        }
        try (BufferSocket socket = connected.get()) {
            for (int messages = random.nextInt(4); messages > 0; messages--) {
                DmaBuf[] buffers =
                        pickOwn().map(owned -> new DmaBuf[] {owned.buffer()}).orElse(new DmaBuf[0]);
                outcomes.of("BufferSocket.send", () -> {
                    socket.send("for you", buffers);
                    return true;
                });
            }
        }
    }

    private void handOver() {
        if (own.isEmpty()) {
            return;
        }
        DmaBuf mine = own.removeLast().buffer();
        DmaBuf before =
                ground.handedOver().getAndSet(random.nextInt(ground.handedOver().length()), mine);
        if (before != null) {
            close(before);
        }
    }

    /** What another thread may close at any moment. */
    private void useHandedOver() {
        DmaBuf shared =
                ground.handedOver().get(random.nextInt(ground.handedOver().length()));
        if (shared == null) {
            return;
        }
        switch (random.nextInt(5)) {
            case 0 ->
                outcomes.ofShared("DmaBuf.read", () -> {
                    try (CpuAccess access = shared.read()) {
                        return access.segment().get(ValueLayout.JAVA_BYTE, 0);
                    }
                });
            case 1 -> outcomes.ofShared("DmaBuf.exportFd", shared::exportFd).ifPresent(DmaBufFd::close);
            case 2 -> outcomes.ofShared("DmaBuf.retain", shared::retain).ifPresent(this::close);
            case 3 -> outcomes.ofShared("DmaBuf.awaitIdle", () -> shared.awaitIdle(Access.WRITE, Duration.ofMillis(5)));
            default ->
                outcomes.ofShared("DmaBuf.setName", () -> {
                    shared.setName("soak");
                    return true;
                });
        }
    }

    private void attach(DmaBuf buffer) {
        Optional<Device> device = outcomes.of(
                        "Heaps.device", () -> heaps.device(DEVICES[random.nextInt(DEVICES.length)]))
                .flatMap(found -> found);
        device.flatMap(found -> outcomes.of("Device.attach", () -> found.attach(buffer)))
                .ifPresent(attached -> {
                    try (Attachment attachment = attached) {
                        outcomes.of("Attachment.map", () -> {
                            attachment.map(Access.READ).close();
                            return true;
                        });
                    }
                });
    }

    private void look() {
        outcomes.of("Heaps.heaps", heaps::heaps);
        outcomes.of("Heaps.plugins", heaps::plugins);
        outcomes.of("Heaps.problems", heaps::problems);
        outcomes.of("Heaps.usage", heaps::usage);
    }

    private void choose() {
        outcomes.of("Heaps.choose", () -> heaps.choose(Need.any())).ifPresent(chosen -> {
            try (Choice choice = chosen) {
                outcomes.of("Choice.allocate", () -> choice.allocate(AllocationRequest.of(PAGE)))
                        .ifPresent(this::close);
            }
        });
    }
}
