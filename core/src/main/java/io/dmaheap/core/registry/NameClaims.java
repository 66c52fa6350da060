package io.dmaheap.core.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The heaps that want one name, and which of them has it. The order in which they came decides nothing: a heap of higher precedence
 * goes before others, and of several equals none has the name. A new version of a plugin takes the place of the old one, at once or,
 * where the memory can belong to one version only, when the old one has no buffer left.
 *
 * <p>Guarded by the lock of the registry.
 */
final class NameClaims {
    private final String name;
    private final List<Claim> claims = new ArrayList<>();
    /** Reported of claims that were given up, and to be ended. */
    private final List<NameClash> over = new ArrayList<>();

    /** The heap of one plugin. */
    private static final class Claim {
        private final LiveHeap heap;
        private final long version;
        private final Precedence precedence;
        /** The heap of an older version that serves until the name can pass to this one. */
        private @Nullable LiveHeap elder;

        private boolean started;
        /** That others stand in its way, if that was reported. */
        private @Nullable NameClash told;

        Claim(LiveHeap heap, long version, Precedence precedence) {
            this.heap = heap;
            this.version = version;
            this.precedence = precedence;
        }

        boolean isOfPlugin(String plugin) {
            return heap.plugin().equals(plugin);
        }

        LiveHeap serving() {
            return elder == null ? heap : elder;
        }
    }

    NameClaims(String name) {
        this.name = name;
    }

    boolean isEmpty() {
        return claims.isEmpty();
    }

    /** Whether this version of the plugin, or a newer one that has started, wants the name. */
    boolean isTaken(String plugin, long version) {
        return claims.stream()
                .anyMatch(claim -> claim.isOfPlugin(plugin)
                        && (claim.version == version || claim.started && claim.version > version));
    }

    /** Notes a heap whose plugin is starting. */
    void add(LiveHeap heap, long version, Precedence precedence) {
        claims.add(new Claim(heap, version, precedence));
    }

    /**
     * The plugin of this heap has started.
     *
     * @param whenIdle to be called when the older version has no buffer left, if it serves until then
     * @return heaps of older versions that the name has passed from, and that have to leave
     */
    List<LiveHeap> start(LiveHeap heap, Runnable whenIdle) {
        Claim claim = find(heap);
        if (claim == null) {
            return List.of();
        }
        claim.started = true;
        Claim before = older(claim);
        if (before == null) {
            return List.of();
        }
        giveUp(before);
        List<LiveHeap> leaving = new ArrayList<>();
        claim.elder = before.serving();
        if (claim.elder != before.heap) {
            // The version between never served.
            before.heap.handOver(heap);
            leaving.add(before.heap);
        }
        claim.elder.onIdle(whenIdle);
        handOver(claim).ifPresent(leaving::add);
        return leaving;
    }

    private @Nullable Claim older(Claim claim) {
        return claims.stream()
                .filter(other ->
                        other.started && other.version < claim.version && other.isOfPlugin(claim.heap.plugin()))
                .findFirst()
                .orElse(null);
    }

    /** Passes the name from an older version if it has no buffer left; gives that heap. */
    Optional<LiveHeap> passOn(LiveHeap heap) {
        Claim claim = find(heap);
        return claim == null ? Optional.empty() : handOver(claim);
    }

    private static Optional<LiveHeap> handOver(Claim claim) {
        LiveHeap elder = claim.elder;
        if (elder == null || !elder.handOver(claim.heap)) {
            return Optional.empty();
        }
        claim.elder = null;
        return Optional.of(elder);
    }

    /** Forgets a heap that leaves; gives the heap of an older version that served in its place and has to leave, too. */
    Optional<LiveHeap> remove(LiveHeap heap) {
        Claim claim = find(heap);
        if (claim == null) {
            return Optional.empty();
        }
        giveUp(claim);
        return claim.started ? Optional.ofNullable(claim.elder) : Optional.empty();
    }

    private void giveUp(Claim claim) {
        claims.remove(claim);
        if (claim.told != null) {
            over.add(claim.told);
        }
    }

    /** Whether this heap serves until its successor can. */
    boolean servesForSuccessor(LiveHeap heap) {
        return claims.stream().anyMatch(claim -> claim.started && claim.elder == heap);
    }

    /** The heap that has the name now. */
    Optional<LiveHeap> holder() {
        List<Claim> best = best();
        return best.size() == 1 ? Optional.of(best.getFirst().serving()) : Optional.empty();
    }

    private List<Claim> best() {
        List<Claim> started = claims.stream().filter(claim -> claim.started).toList();
        Precedence highest = started.stream()
                .map(claim -> claim.precedence)
                .max(Precedence::compareTo)
                .orElse(Precedence.NONE);
        return started.stream().filter(claim -> claim.precedence == highest).toList();
    }

    /** What has changed since the last time in which started heaps do not have the name: those that ended, and then those that began. */
    List<ClashChange> changes() {
        List<Claim> best = best();
        List<NameClash> began = new ArrayList<>();
        List<NameClash> ended = new ArrayList<>(over);
        over.clear();
        for (Claim claim : claims) {
            NameClash now = clash(claim, best);
            NameClash before = claim.told;
            if (!Objects.equals(before, now)) {
                claim.told = now;
                if (before != null) {
                    ended.add(before);
                }
                // That of a version before may last.
                if (now != null && !ended.remove(now)) {
                    began.add(now);
                }
            }
        }
        return Stream.concat(
                        ended.stream().map(clash -> new ClashChange(clash, false)),
                        began.stream().map(clash -> new ClashChange(clash, true)))
                .toList();
    }

    private @Nullable NameClash clash(Claim claim, List<Claim> best) {
        boolean has = best.size() == 1 && best.getFirst() == claim;
        if (!claim.started || has) {
            return null;
        }
        List<String> others = best.stream()
                .filter(other -> other != claim)
                .map(other -> other.heap.plugin())
                .toList();
        return new NameClash(name, claim.heap.plugin(), others, best.size() == 1);
    }

    /** Any of the heaps that want the name; all of them count against the same limits. */
    Optional<LiveHeap> any() {
        return claims.stream().findFirst().map(claim -> claim.heap);
    }

    /** The plugins that have started and want the name. */
    List<String> plugins() {
        return claims.stream()
                .filter(claim -> claim.started)
                .map(claim -> claim.heap.plugin())
                .toList();
    }

    private @Nullable Claim find(LiveHeap heap) {
        return claims.stream().filter(claim -> claim.heap == heap).findFirst().orElse(null);
    }
}
