package io.dmaheap.conformance;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Usage;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One thing that goes wrong between the callers and a heap that works, and the tests of the contracts that must notice. What a heap can do
 * wrong by itself is a {@link Flaw} or a {@link ProtectionFlaw}, what a device can do a {@link DeviceFlaw}.
 */
sealed interface CallerFlaw permits BufferFlaw, SharingFlaw, DeviceUseFlaw {

    /** All of them. */
    static List<CallerFlaw> all() {
        return Stream.<CallerFlaw[]>of(BufferFlaw.values(), SharingFlaw.values(), DeviceUseFlaw.values())
                .flatMap(Stream::of)
                .toList();
    }

    /** The tests that must notice, each in its contract. */
    List<String> noticedBy();

    /** What happens to calls; a new one each time, since some remember. */
    Interception.Flaw flaw();

    /** Heaps with the flaw. */
    default Heaps spoil(Heaps working) {
        return Interception.of(Heaps.class, working, flaw());
    }

    static HeapException failure(ErrorCode code) {
        return HeapException.of(code, "of the flaw").build();
    }

    static Interception.Flaw usage(UnaryOperator<Usage> change) {
        return call -> call.is(Heaps.class, "usage") ? change.apply((Usage) call.proceed()) : call.proceed();
    }

    static Usage change(Usage usage, String component, long value) {
        try {
            RecordComponent[] components = Usage.class.getRecordComponents();
            Object[] counts = new Object[components.length];
            Class<?>[] types = new Class<?>[components.length];
            for (int i = 0; i < counts.length; i++) {
                types[i] = components[i].getType();
                counts[i] = components[i].getName().equals(component)
                        ? value
                        : components[i].getAccessor().invoke(usage);
            }
            return Usage.class.getConstructor(types).newInstance(counts);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
