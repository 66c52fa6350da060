package io.dmaheap.conformance.soak;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** Who changes a plugin directory: jars come, at once or little by little, are replaced, also by what is none, and go. */
final class Operator {
    private static final int MOST_SLOW = 2;
    private static final long PAUSE = 150_000_000;

    private final Path directory;
    private final Path work;
    private final Map<String, List<byte[]>> jars;
    private final List<String> slow;
    private final Random random;
    /** What it did, by name. */
    private final Map<String, Integer> done = new TreeMap<>();

    /**
     * An operator.
     *
     * @param work a directory of the same file system, for files that are moved into {@code directory}
     * @param jars the versions of each plugin, by id
     */
    Operator(Path directory, Path work, Map<String, List<byte[]>> jars, long seed) {
        this.directory = directory;
        this.work = work;
        this.jars = Map.copyOf(jars);
        this.slow = Jars.slow();
        this.random = new Random(seed);
    }

    Map<String, Integer> done() {
        return done;
    }

    /** All guests, so that there is something to use from the first moment. */
    void begin() throws IOException {
        for (String id : Jars.GUESTS) {
            put(file(id), jars.get(id).getFirst());
        }
    }

    void act() throws IOException {
        LockSupport.parkNanos(random.nextLong(2 * PAUSE));
        if (random.nextInt(4) == 0) {
            hang();
        } else {
            change(Jars.GUESTS.get(random.nextInt(Jars.GUESTS.size())));
        }
    }

    private void hang() throws IOException {
        var present = new ArrayList<>(
                slow.stream().filter(id -> Files.exists(file(id))).toList());
        if (present.size() >= MOST_SLOW) {
            Files.delete(file(present.get(random.nextInt(present.size()))));
            did("removed a slow one");
        } else {
            String id = slow.get(random.nextInt(slow.size()));
            put(file(id), jars.get(id).getFirst());
            did("dropped in a slow one");
        }
    }

    private void change(String id) throws IOException {
        Path file = file(id);
        List<byte[]> versions = jars.get(id);
        byte[] jar = versions.get(random.nextInt(versions.size()));
        boolean there = Files.exists(file);
        switch (random.nextInt(6)) {
            case 0 -> {
                if (Files.deleteIfExists(file)) {
                    did("removed");
                }
            }
            case 1 -> {
                writeSlowly(file, jar);
                did("written in place");
            }
            case 2 -> {
                put(file, Arrays.copyOf(jar, jar.length / 2));
                did("replaced by half of it");
            }
            case 3 -> {
                Path other = directory.resolve(id + "-beside.jar");
                if (!Files.deleteIfExists(other)) {
                    put(other, jar);
                    did("another file of the same id");
                }
            }
            default -> {
                put(file, jar);
                did(there ? "upgraded" : "dropped in");
            }
        }
    }

    private Path file(String id) {
        return directory.resolve(id + ".jar");
    }

    private void put(Path file, byte[] jar) throws IOException {
        Path made = Files.write(work.resolve("made"), jar);
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void writeSlowly(Path file, byte[] jar) throws IOException {
        int half = random.nextInt(jar.length);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(jar, 0, half);
            out.flush();
            LockSupport.parkNanos(random.nextLong(4 * PAUSE));
            out.write(jar, half, jar.length - half);
        }
    }

    private void did(String what) {
        done.merge(what, 1, Integer::sum);
    }
}
