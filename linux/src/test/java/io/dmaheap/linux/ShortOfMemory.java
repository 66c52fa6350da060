package io.dmaheap.linux;

import io.dmaheap.Access;
import io.dmaheap.linux.dmabuf.FdMapping;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.spi.Mapping;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Uses up the heap of this JVM between the call that brought a descriptor and the next call, once for each descriptor of each operation, and
 * says what is still open at the end of the operation. Run by {@link ShortOfMemoryTests}.
 */
final class ShortOfMemory {
    private static final int[] PIECES = {1 << 20, 1 << 14, 1 << 8, 0};

    /** A list of what takes up the heap, each element with the one before. */
    private static Object @Nullable [] ballast;

    private static int gains;
    private static int victim;
    private static int errors;
    private static volatile boolean failed;

    private ShortOfMemory() {}

    public static void main(String[] args) throws Exception {
        Map<String, Operations.Operation> operations = new TreeMap<>(Operations.all(Path.of(args[0])));
        for (Map.Entry<String, Operations.Operation> operation : operations.entrySet()) {
            victim = Integer.MAX_VALUE;
            run(operation.getValue());
            run(operation.getValue());
            int all = gains;
            int before = open();
            for (int number = 1; number <= all; number++) {
                victim = number;
                String outcome = run(operation.getValue());
                int left = open() - before;
                if (left != 0 || !outcome.isEmpty()) {
                    System.out.println(operation.getKey() + ", gain " + number + ": " + left + " open; " + outcome);
                    before = open();
                }
            }
            System.out.println(operation.getKey() + ": " + all + " gains");
        }
        close();
        System.out.println("errors " + errors);
    }

    /**
     * Closes a descriptor and removes a mapping on a thread that has made no native call before, where there may be no memory to make one;
     * then it can be done again.
     */
    private static void close() throws Exception {
        var libc = NativeAccess.libc();
        int before = open();
        var descriptor = new SharedFd(libc, libc.memfdCreate("closed", 0), "file");
        libc.ftruncate(descriptor.number(), 4096);
        Mapping mapping = FdMapping.of(libc, descriptor.number(), 4096, Access.READ_WRITE, Access.READ_WRITE);
        var ready = new CountDownLatch(1);
        var full = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().start(() -> {
            ready.countDown();
            try {
                if (full.await(1, TimeUnit.MINUTES)) {
                    descriptor.close();
                    mapping.unmap();
                }
            } catch (OutOfMemoryError | InterruptedException e) {
                failed = true;
            }
        });
        if (!ready.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the thread did not start");
        }
        afterGain(gains + 1);
        full.countDown();
        thread.join(TimeUnit.MINUTES.toMillis(1));
        ballast = null;
        if (failed) {
            descriptor.close();
            mapping.unmap();
        }
        long mapped;
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            mapped = lines.filter(line -> line.contains("memfd:closed")).count();
        }
        if (open() != before || mapped != 0) {
            System.out.println("a new thread closes: " + (open() - before) + " open; " + mapped + " mapped");
        }
    }

    private static int open() {
        String[] entries = new File("/proc/self/fd").list();
        return entries == null ? 0 : entries.length;
    }

    /** Empty, or what is wrong: memory that is still mapped, sessions that are still open. */
    private static String run(Operations.Operation operation) throws Exception {
        gains = 0;
        var libc = new ScriptedLibc().afterEachGain(ShortOfMemory::afterGain, () -> ballast = null);
        try {
            operation.run(libc, new Patience.None());
        } catch (OutOfMemoryError e) {
            ballast = null;
            errors++;
        } catch (IllegalArgumentException e) {
            ballast = null;
            errors++;
            // The JVM has one such error for when it cannot make any, which try-with-resources cannot add to itself.
            if (!(e.getCause() instanceof OutOfMemoryError)) {
                throw e;
            }
        }
        ballast = null;
        long mappings = libc.held().stream()
                .filter(one -> one.toString().startsWith("mapping"))
                .count();
        long sessions = libc.count("TEE_IOC_OPEN_SESSION") - libc.count("TEE_IOC_CLOSE_SESSION");
        return (mappings == 0 ? "" : mappings + " mappings ") + (sessions == 0 ? "" : sessions + " sessions");
    }

    private static void afterGain() {
        afterGain(victim);
    }

    private static void afterGain(int number) {
        if (++gains == number) {
            for (int piece : PIECES) {
                fill(piece);
            }
        }
    }

    private static void fill(int piece) {
        try {
            while (true) {
                Object[] element = new Object[2];
                element[0] = ballast;
                ballast = element;
                element[1] = new byte[piece];
            }
        } catch (OutOfMemoryError e) {
            // Full, for pieces of this size.
        }
    }
}
