package io.dmaheap.cli.secure;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.Attachment;
import io.dmaheap.Device;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Devices that try what they may not do to a buffer: by the rules, which refuse it, and past them, where only the bus is left. */
final class Intruders {
    private static final String BY_THE_RULES = "all other devices are stopped";
    private static final String PAST_THEM = "past attach, the bus stops them";

    /** What it means to be stopped; any other failure proves nothing. */
    private static final Set<ErrorCode> STOPPED =
            EnumSet.of(ErrorCode.ACCESS_DENIED, ErrorCode.INCOMPATIBLE_DEVICE, ErrorCode.BUS_FAULT);

    private final List<Device> devices;
    private final DmaBuf buffer;

    Intruders(List<Device> devices, DmaBuf buffer) {
        this.devices = devices;
        this.buffer = buffer;
    }

    /** The same where there are no devices to try. */
    static List<Proof> unknown(String why) {
        return List.of(Proof.unknown(BY_THE_RULES, why), Proof.unknown(PAST_THEM, "not tried: " + why));
    }

    /**
     * Tries.
     *
     * @param place where the buffer lies, if somebody here could tell
     */
    List<Proof> proofs(Optional<Place> place) {
        Proof rules = proof(BY_THE_RULES, attempts(this::byTheRules));
        if (place.isEmpty()) {
            return List.of(rules, Proof.unknown(PAST_THEM, "not tried: no device here tells where the buffer lies"));
        }
        long address = place.get().segments().getFirst().address();
        return List.of(rules, atTheBus(attempts((device, access) -> pastAttach(device, access, address))));
    }

    private static Proof atTheBus(List<Attempt> attempts) {
        List<HeapException> untried = attempts.stream()
                .flatMap(one -> one.failure().stream())
                .filter(failure -> failure.code() == ErrorCode.UNSUPPORTED)
                .toList();
        return !untried.isEmpty() && untried.size() == attempts.size()
                ? Proof.unknown(PAST_THEM, "not tried: " + untried.getFirst().getMessage())
                : proof(PAST_THEM, attempts);
    }

    private interface Trial {
        void run(Device device, Access access);
    }

    /** What came of it: how it failed, empty if it did not. */
    private record Attempt(String device, Access access, Optional<HeapException> failure) {
        @Override
        public String toString() {
            return device + " " + access + " "
                    + failure.map(HeapException::code).map(Enum::name).orElse("NOT STOPPED");
        }
    }

    private List<Attempt> attempts(Trial trial) {
        List<Attempt> attempts = new ArrayList<>();
        for (Device device : devices) {
            for (Access access : List.of(Access.READ, Access.WRITE)) {
                if (buffer.canAccess(device.info().name(), access) == Answer.NO) {
                    attempts.add(new Attempt(device.info().name(), access, failure(() -> trial.run(device, access))));
                }
            }
        }
        return attempts;
    }

    private static Optional<HeapException> failure(Runnable trial) {
        try {
            trial.run();
            return Optional.empty();
        } catch (HeapException stopped) {
            return Optional.of(stopped);
        }
    }

    private void byTheRules(Device device, Access access) {
        try (Attachment attachment = device.attach(buffer);
                var mapping = attachment.map(access)) {
            if (access == Access.READ) {
                mapping.read(0, aByte());
            } else {
                mapping.write(0, aByte());
            }
        }
    }

    private static void pastAttach(Device device, Access access, long address) {
        if (access == Access.READ) {
            device.busRead(address, aByte());
        } else {
            device.busWrite(address, aByte());
        }
    }

    private static MemorySegment aByte() {
        return MemorySegment.ofArray(new byte[1]);
    }

    private static Proof proof(String what, List<Attempt> attempts) {
        if (attempts.isEmpty()) {
            return Proof.unknown(what, "every device here may touch it");
        }
        String seen = attempts.size() + " attempts: "
                + attempts.stream().map(Attempt::toString).collect(Collectors.joining(", "));
        if (attempts.stream().anyMatch(one -> one.failure().isEmpty())) {
            return Proof.broken(what, seen);
        }
        boolean allStopped = attempts.stream()
                .allMatch(one -> STOPPED.contains(one.failure().orElseThrow().code()));
        return allStopped ? Proof.proven(what, seen) : Proof.unknown(what, seen);
    }
}
