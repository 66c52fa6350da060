package io.dmaheap.tee;

import io.dmaheap.PublicApi;
import java.util.Objects;

/** One parameter of an operation. Immutable. */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public sealed interface TeeParameter {

    /** No parameter: keeps the place of one. */
    static None none() {
        return None.NONE;
    }

    /** Two numbers for the application. */
    static Value valueIn(long a, long b) {
        return new Value(Direction.IN, a, b);
    }

    /** Two numbers from the application. */
    static Value valueOut() {
        return new Value(Direction.OUT, 0, 0);
    }

    /** Two numbers for the application, which it replaces. */
    static Value valueInOut(long a, long b) {
        return new Value(Direction.IN_OUT, a, b);
    }

    /** Which way a parameter goes, seen from the application. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    enum Direction {
        /** The application reads it. */
        IN,
        /** The application writes it. */
        OUT,
        /** The application reads, then writes it. */
        IN_OUT;

        /** Whether the application reads it. */
        public boolean in() {
            return this != OUT;
        }

        /** Whether the application writes it. */
        public boolean out() {
            return this != IN;
        }
    }

    /** No parameter. */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    enum None implements TeeParameter {
        /** The only one. */
        NONE
    }

    /**
     * Two numbers. GlobalPlatform's have 32 bits, and OP-TEE gives no more to user applications; the kernel passes 64.
     *
     * @param direction which way they go
     * @param a the first; ignored for {@link Direction#OUT}
     * @param b the second; ignored for {@link Direction#OUT}
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    record Value(Direction direction, long a, long b) implements TeeParameter {
        /** Checks that the direction is there. */
        public Value {
            Objects.requireNonNull(direction, "direction");
        }
    }

    /**
     * A range of shared memory. One that is out of bounds cannot be made, so that no TEE has to refuse it.
     *
     * @param direction which way the contents go
     * @param memory what it refers to
     * @param offset bytes from the start of the memory
     * @param size bytes
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    record MemoryReference(Direction direction, TeeMemory memory, long offset, long size) implements TeeParameter {
        /** Checks the range. */
        public MemoryReference {
            Objects.requireNonNull(direction, "direction");
            if (offset < 0 || size < 0 || offset > memory.size() - size) {
                throw new IndexOutOfBoundsException("a reference to " + size + " bytes at " + offset
                        + " leaves the shared memory, which has " + memory.size() + " bytes");
            }
        }
    }

    /**
     * A reference to nothing, by which an application is asked how much memory it would need.
     *
     * @param direction which way the contents would go
     */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    record NullReference(Direction direction) implements TeeParameter {
        /** Checks that the direction is there. */
        public NullReference {
            Objects.requireNonNull(direction, "direction");
        }
    }
}
