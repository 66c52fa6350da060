package io.dmaheap.watch;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which files of a directory have changed, and which of these are at rest: as they are for a while. All are waited for, so that files
 * that come together are seen together, but not for long if one of them never rests. Times are those of {@link System#nanoTime}.
 */
final class RestPeriod {
    private final long rest;
    private final long patience;
    private final long limit;
    private final Map<Path, Motion> moving = new TreeMap<>();
    private Map<Path, Fingerprint> last;

    /** Since when a file is on the move, and when it was last seen to change. */
    private record Motion(long began, long changed) {}

    /**
     * Starts with what there is.
     *
     * @param rest how long a file has to stay as it is, in nanoseconds
     * @param patience how long files at rest wait for others
     * @param limit how long a file may go on changing before it is passed on as it is
     */
    RestPeriod(long rest, long patience, long limit, Map<Path, Fingerprint> first) {
        this.rest = rest;
        this.patience = patience;
        this.limit = limit;
        this.last = first;
    }

    void observe(Map<Path, Fingerprint> now, long time) {
        var all = new HashSet<>(last.keySet());
        all.addAll(now.keySet());
        for (Path file : all) {
            if (!Objects.equals(last.get(file), now.get(file))) {
                moving.merge(file, new Motion(time, time), (before, latest) -> new Motion(before.began, time));
            }
        }
        last = now;
    }

    /** Whether a change is waiting to be passed on. */
    boolean isPending() {
        return !moving.isEmpty();
    }

    /**
     * Passes changes on, once.
     *
     * @return the files that go on moving, or empty if there is nothing to pass on now
     */
    Optional<Set<Path>> settle(long time) {
        if (moving.isEmpty()) {
            return Optional.empty();
        }
        var restless = new HashSet<Path>();
        boolean patient = true;
        for (var entry : moving.entrySet()) {
            Motion motion = entry.getValue();
            long age = time - motion.began;
            patient &= age < patience;
            if (time - motion.changed < rest && age < limit) {
                restless.add(entry.getKey());
            }
        }
        if (!restless.isEmpty() && (patient || restless.size() == moving.size())) {
            return Optional.empty();
        }
        moving.keySet().retainAll(restless);
        return Optional.of(Set.copyOf(restless));
    }

    /** The files that move now. */
    Set<Path> moving() {
        return Set.copyOf(moving.keySet());
    }
}
