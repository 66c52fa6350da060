package io.dmaheap.emulator.control;

import io.dmaheap.spi.PhysicalRange;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong on an emulated board, and what its work costs. Takes effect at once, on boards that run already as well.
 *
 * <p>Safe for use by several threads.
 */
public final class Faults {
    /** OP-TEE 4.10 in QEMU takes 1.5 to 2 ms to be lent a pool and to give it back, and 20 us for a buffer of it. */
    private static final Duration HALF_A_ROUND_TRIP = Duration.ofNanos(875_000);

    private final VirtualClock clock;
    /** Guarded by itself. */
    private final Map<FaultPoint, Plan> plans = new EnumMap<>(FaultPoint.class);

    private final List<PhysicalRange> pinned = new CopyOnWriteArrayList<>();

    private static final class Plan {
        private long passages;
        private Duration cost = Duration.ZERO;
        private long failuresLeft;
        private Supplier<? extends Throwable> failure = () -> new AssertionError("nothing planned");
        private @Nullable Runnable meeting;
    }

    /** No faults; lending and reclaiming cost {@code clock} what they cost OP-TEE, and nothing else costs anything. */
    public Faults(VirtualClock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        for (FaultPoint point : FaultPoint.values()) {
            plans.put(point, new Plan());
        }
        cost(FaultPoint.LEND, HALF_A_ROUND_TRIP);
        cost(FaultPoint.RECLAIM, HALF_A_ROUND_TRIP);
    }

    /** Fails at the point as a real board would, every time until {@link #heal}. */
    public void fail(FaultPoint point) {
        fail(point, Long.MAX_VALUE, point::natural);
    }

    /** Fails at the point as a real board would, the next {@code times}. */
    public void fail(FaultPoint point, long times) {
        fail(point, times, point::natural);
    }

    /**
     * Fails at the point in a way of the test's choice, the next {@code times}.
     *
     * @param failure makes what is thrown each time: a {@link RuntimeException} or an {@link Error}
     */
    public void fail(FaultPoint point, long times, Supplier<? extends Throwable> failure) {
        synchronized (plans) {
            Plan plan = plan(point);
            plan.failuresLeft = times;
            plan.failure = Objects.requireNonNull(failure, "failure");
        }
    }

    /** Fails no more at the point, and meets nobody there. */
    public void heal(FaultPoint point) {
        synchronized (plans) {
            plan(point).failuresLeft = 0;
            plan(point).meeting = null;
        }
    }

    /** Runs {@code action} whenever the point is passed, on the thread that passes and before it fails; a latch, for instance. */
    public void meet(FaultPoint point, Runnable action) {
        synchronized (plans) {
            plan(point).meeting = Objects.requireNonNull(action, "action");
        }
    }

    /** Charges the clock this much for each unit of work at the point; a unit is one passage, unless the point says otherwise. */
    public void cost(FaultPoint point, Duration perUnit) {
        synchronized (plans) {
            plan(point).cost = Objects.requireNonNull(perUnit, "perUnit");
        }
    }

    /** How often the point was passed, well or badly. */
    public long passages(FaultPoint point) {
        synchronized (plans) {
            return plan(point).passages;
        }
    }

    /** Holds pages in place, so that no reusable region can give them out, until {@link #unpin}. */
    public void pin(long address, long size) {
        pinned.add(new PhysicalRange(address, size));
    }

    /** Lets go of what {@link #pin} held at this address. */
    public void unpin(long address) {
        pinned.removeIf(range -> range.base() == address);
    }

    /** For the board: the pages pinned in a range, if there are any. */
    public Optional<PhysicalRange> pinnedWithin(long base, long end) {
        for (PhysicalRange range : pinned) {
            if (Math.max(range.base(), base) < Math.min(range.end(), end)) {
                return Optional.of(range);
            }
        }
        return Optional.empty();
    }

    /** For the board: all pages that are pinned now. */
    public List<PhysicalRange> pinned() {
        return List.copyOf(pinned);
    }

    /** For the board: comes to the point, with one unit of work. */
    public void pass(FaultPoint point) {
        pass(point, 1);
    }

    /** For the board: comes to the point, with so many units of work; throws what was planned. */
    public void pass(FaultPoint point, long units) {
        Duration cost;
        Runnable meeting;
        Supplier<? extends Throwable> failure = null;
        synchronized (plans) {
            Plan plan = plan(point);
            plan.passages++;
            cost = plan.cost;
            meeting = plan.meeting;
            if (plan.failuresLeft > 0) {
                plan.failuresLeft--;
                failure = plan.failure;
            }
        }
        if (!cost.isZero()) {
            clock.advance(cost.multipliedBy(units));
        }
        if (meeting != null) {
            meeting.run();
        }
        if (failure != null) {
            raise(failure.get());
        }
    }

    private static void raise(Throwable failure) {
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalArgumentException("a board throws no checked exception", failure);
        }
    }

    private Plan plan(FaultPoint point) {
        return Objects.requireNonNull(plans.get(point));
    }
}
