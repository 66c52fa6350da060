package io.dmaheap.testkit;

import io.dmaheap.Access;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A device that is on the access list. It works as a bus master does: it reads into itself, computes there, and writes; every transfer
 * passes the bus. Normal memory is a buffer of another heap, which the CPU fills and looks at.
 *
 * @param device which
 * @param normal where that buffer comes from
 * @param abandoned opens when a transfer is over whose mapping was closed under it
 */
record DeviceInsider(Device device, Heap normal, Queue<CountDownLatch> abandoned) implements Insider {
    DeviceInsider(Device device, Heap normal) {
        this(device, normal, new ConcurrentLinkedQueue<>());
    }

    @Override
    public Mapped take(DmaBuf buffer) {
        Attachment attachment = device.attach(buffer);
        try {
            return new Mapped(this, buffer.size(), attachment, attachment.map(Access.READ_WRITE));
        } catch (RuntimeException | Error e) {
            attachment.close();
            throw e;
        }
    }

    @Override
    public void settle() {
        for (CountDownLatch over = abandoned.poll(); over != null; over = abandoned.poll()) {
            Patience.await(over);
        }
    }

    /** Runs a transfer for so long. */
    private void abandon(Runnable transfer, Duration patience) {
        var over = new CountDownLatch(1);
        abandoned.add(over);
        Thread running = Thread.ofPlatform().daemon().start(() -> {
            try {
                transfer.run();
            } catch (IllegalStateException unmapped) {
                // Cut off, as it may be.
            } finally {
                over.countDown();
            }
        });
        try {
            running.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        normal.close();
    }

    /**
     * A buffer that is attached and mapped. A second job sees it through {@code attachment}, which keeps it alive.
     *
     * @param insider whose
     * @param size bytes
     * @param attachment holds the buffer
     * @param mapping through which the device works
     */
    record Mapped(DeviceInsider insider, long size, Attachment attachment, DeviceMapping mapping) implements Workpiece {

        private static byte[] read(DeviceMapping from, long offset, int bytes) {
            byte[] inside = new byte[bytes];
            from.read(offset, MemorySegment.ofArray(inside));
            return inside;
        }

        private <T> T inNormalMemory(int bytes, Function<DmaBuf, T> work) {
            try (DmaBuf buffer = insider.normal().allocate(bytes)) {
                return work.apply(buffer);
            }
        }

        @Override
        public void inject(long offset, byte[] contents) {
            byte[] inside = inNormalMemory(contents.length, source -> {
                try (var cpu = source.write()) {
                    MemorySegment.copy(contents, 0, cpu.segment(), ValueLayout.JAVA_BYTE, 0, contents.length);
                }
                try (var attached = insider.device().attach(source);
                        var mapped = attached.map(Access.READ)) {
                    return read(mapped, 0, contents.length);
                }
            });
            mapping.write(offset, MemorySegment.ofArray(inside));
        }

        @Override
        public byte[] dump(long offset, int bytes) {
            byte[] inside = read(mapping, offset, bytes);
            return inNormalMemory(bytes, target -> {
                try (var attached = insider.device().attach(target);
                        var mapped = attached.map(Access.WRITE)) {
                    mapped.write(0, MemorySegment.ofArray(inside));
                }
                try (var cpu = target.read()) {
                    return cpu.segment().asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
                }
            });
        }

        @Override
        public void transform(long offset, int bytes) {
            transform(mapping, offset, read(mapping, offset, bytes));
        }

        private static void transform(DeviceMapping through, long offset, byte[] inside) {
            for (int i = 0; i < inside.length; i++) {
                inside[i] = (byte) (~inside[i] + 1);
            }
            through.write(offset, MemorySegment.ofArray(inside));
        }

        /** To a job with a mapping of its own. */
        @Override
        public void pass(long offset, int bytes) {
            try (DeviceMapping next = attachment.map(Access.READ_WRITE)) {
                transform(next, offset, read(next, offset, bytes));
            }
        }

        @Override
        public byte[] sha256(long offset, int bytes) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(read(mapping, offset, bytes));
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every JDK has SHA-256", e);
            }
        }

        @Override
        public void copyTo(Workpiece target, int bytes) {
            ((Mapped) target).mapping().write(0, MemorySegment.ofArray(read(mapping, 0, bytes)));
        }

        @Override
        public void fill(long offset, int bytes, int first) {
            byte[] inside = read(mapping, offset, bytes);
            for (int i = 0; i < inside.length; i++) {
                inside[i] = (byte) (first + i);
            }
            mapping.write(offset, MemorySegment.ofArray(inside));
        }

        @Override
        public long sum(long offset, int bytes) {
            long sum = 0;
            for (byte one : read(mapping, offset, bytes)) {
                sum += Byte.toUnsignedLong(one);
            }
            return sum & 0xFFFF_FFFFL;
        }

        @Override
        public void abandonFill(int first, Duration patience) {
            byte[] bytes = new byte[(int) size];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (first + i);
            }
            abandon(() -> mapping.write(0, MemorySegment.ofArray(bytes)), patience);
        }

        @Override
        public Supplier<byte[]> abandonDump(Duration patience) {
            byte[] inside = new byte[(int) size];
            abandon(() -> mapping.read(0, MemorySegment.ofArray(inside)), patience);
            return () -> inside;
        }

        private void abandon(Runnable transfer, Duration patience) {
            try (this) {
                insider.abandon(transfer, patience);
            }
        }

        @Override
        public void close() {
            mapping.close();
            attachment.close();
        }
    }
}
