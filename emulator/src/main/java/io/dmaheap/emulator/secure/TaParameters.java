package io.dmaheap.emulator.secure;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The four parameters of a call, as a trusted application sees them, and whether its caller wants it to stop. */
public final class TaParameters {
    private static final int COUNT = 4;

    private final List<Slot> slots;
    private final CountDownLatch cancelled;

    /** What a parameter is ({@code TEE_PARAM_TYPE_*}). */
    public enum Type {
        /** Nothing. */
        NONE,
        /** Two numbers to read. */
        VALUE_INPUT,
        /** Two numbers to write. */
        VALUE_OUTPUT,
        /** Two numbers to read and write. */
        VALUE_INOUT,
        /** Memory to read. */
        MEMREF_INPUT,
        /** Memory to write. */
        MEMREF_OUTPUT,
        /** Memory to read and write. */
        MEMREF_INOUT
    }

    /**
     * One parameter.
     *
     * @param type what it is
     * @param value its numbers, zero for other types
     * @param memory its memory, empty for other types
     */
    public record Slot(Type type, TaValue value, TaMemory memory) {
        /** No parameter. */
        public static Slot none() {
            return new Slot(Type.NONE, new TaValue(0, 0), TaMemory.NOTHING);
        }
    }

    /**
     * Parameters.
     *
     * @param given at most four; the rest are {@link Type#NONE}
     * @param cancelled open once the caller wants the application to stop
     */
    public TaParameters(List<Slot> given, CountDownLatch cancelled) {
        this.slots = List.copyOf(given);
        this.cancelled = Objects.requireNonNull(cancelled, "cancelled");
    }

    /** Whether the parameters are of these types, those that are not named {@link Type#NONE}: {@code TEE_PARAM_TYPES}. */
    public boolean are(Type... types) {
        for (int index = 0; index < COUNT; index++) {
            Type wanted = index < types.length ? types[index] : Type.NONE;
            Type found = index < slots.size() ? slots.get(index).type() : Type.NONE;
            if (wanted != found) {
                return false;
            }
        }
        return true;
    }

    /** The numbers of parameter {@code index}. */
    public TaValue value(int index) {
        return slots.get(index).value();
    }

    /** The memory of parameter {@code index}. */
    public TaMemory memory(int index) {
        return slots.get(index).memory();
    }

    /** The parameters, for whoever passes them on. */
    public List<Slot> slots() {
        return slots;
    }

    /** Waits until the caller wants the application to stop ({@code TEE_Wait}); false if the time passed first. */
    public boolean awaitCancellation(Duration time) {
        try {
            return cancelled.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
