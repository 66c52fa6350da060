package io.dmaheap.emulator.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.secure.TaMemory;
import io.dmaheap.emulator.secure.TaParameters;
import io.dmaheap.emulator.secure.TaParameters.Slot;
import io.dmaheap.emulator.secure.TaParameters.Type;
import io.dmaheap.emulator.secure.TaValue;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeParameter.Direction;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One call into the secure world: its parameters on both sides, its time limit, its cancellation. */
final class Call {
    private final TeeOperation operation;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final TaParameters parameters;
    private final List<PassedMemory> passed = new ArrayList<>();

    /**
     * A call, which holds the memory that it is passed until it has {@linkplain #run run}, and whether or not its caller waits for that.
     *
     * @param secureData whether the application may be passed protected memory
     * @throws HeapException {@link TeeResult#BAD_PARAMETERS} from the TEE if it may not and is
     */
    Call(EmulatedConnection connection, boolean secureData, TeeOperation operation) {
        this.operation = operation;
        List<Slot> slots = new ArrayList<>();
        try {
            for (TeeParameter parameter : operation.parameters()) {
                slots.add(slot(parameter, connection, secureData));
            }
        } catch (RuntimeException | Error e) {
            over();
            throw e;
        }
        this.parameters = new TaParameters(slots, cancelled);
    }

    private Slot slot(TeeParameter parameter, EmulatedConnection connection, boolean secureData) {
        return switch (parameter) {
            case TeeParameter.None _ -> Slot.none();
            case TeeParameter.Value(Direction direction, long a, long b) ->
                new Slot(
                        Type.values()[Type.VALUE_INPUT.ordinal() + direction.ordinal()],
                        direction.in() ? new TaValue(a, b) : new TaValue(0, 0),
                        TaMemory.NOTHING);
            case TeeParameter.MemoryReference reference -> {
                if (!(reference.memory() instanceof SharedMemory memory) || !memory.belongsTo(connection)) {
                    throw new IllegalArgumentException(reference.memory() + " was not shared through this connection");
                }
                if (memory.isSecure() && !secureData) {
                    TeeReply.of(TeeResult.BAD_PARAMETERS, TeeOrigin.TEE)
                            .orThrow("the application may not be passed protected memory", "TEE_IOC_INVOKE");
                }
                PassedMemory view = memory.view(reference.direction(), reference.offset(), reference.size());
                passed.add(view);
                yield new Slot(memoryType(reference.direction()), new TaValue(0, 0), view);
            }
            case TeeParameter.NullReference(Direction direction) ->
                new Slot(memoryType(direction), new TaValue(0, 0), PassedMemory.nothing(direction));
        };
    }

    private static Type memoryType(Direction direction) {
        return Type.values()[Type.MEMREF_INPUT.ordinal() + direction.ordinal()];
    }

    TaParameters parameters() {
        return parameters;
    }

    /**
     * What the application wrote back.
     *
     * @throws IllegalStateException if it claims success with more bytes than it was passed
     */
    List<TeeOutput> outputs(TeeResult result) {
        for (PassedMemory memory : passed) {
            if (result.equals(TeeResult.SUCCESS) && memory.reported() > memory.size()) {
                throw new IllegalStateException(
                        "success with " + memory.reported() + " bytes in a reference of " + memory.size());
            }
        }
        return parameters.slots().stream()
                .<TeeOutput>map(slot -> switch (slot.type()) {
                    case NONE, VALUE_INPUT, MEMREF_INPUT -> TeeOutput.Nothing.NOTHING;
                    case VALUE_OUTPUT, VALUE_INOUT ->
                        new TeeOutput.Value(slot.value().a(), slot.value().b());
                    case MEMREF_OUTPUT, MEMREF_INOUT ->
                        new TeeOutput.Size(slot.memory().reported());
                })
                .toList();
    }

    /** Whether somebody wants it to end, who may have given it up. */
    boolean isStopped() {
        return cancelled.getCount() == 0;
    }

    /** The application has done with what it was passed, and is not let at it again. */
    private void over() {
        passed.forEach(PassedMemory::revoke);
    }

    /**
     * Runs the call, on a thread of its own if the caller may give it up; not at all if it is stopped before it begins. Called once.
     *
     * @param late gets what comes when the caller does not wait any more
     * @param stopped runs as soon as {@link #isStopped()}
     */
    <T> T run(String what, Supplier<T> call, Consumer<T> late, Runnable stopped) {
        Supplier<T> begin = () -> {
            try {
                if (isStopped()) {
                    TeeReply.of(TeeResult.CANCEL, TeeOrigin.API).orThrow(what + " was cancelled", "TEE_IOC_INVOKE");
                }
                return call.get();
            } finally {
                over();
            }
        };
        Runnable stop = () -> {
            cancelled.countDown();
            stopped.run();
        };
        var listening = operation.cancellation().map(request -> request.listen(stop));
        try {
            return operation.limit().isEmpty() ? begin.get() : await(what, start(begin), late, stop);
        } finally {
            listening.ifPresent(open -> open.close());
        }
    }

    private <T> CompletableFuture<T> start(Supplier<T> begin) {
        try {
            return CompletableFuture.supplyAsync(begin, Thread::startVirtualThread);
        } catch (RuntimeException | Error e) {
            over();
            throw e;
        }
    }

    private <T> T await(String what, CompletableFuture<T> running, Consumer<T> late, Runnable stop) {
        Duration limit = operation.limit().orElseThrow();
        try {
            return running.get(nanos(limit), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw givenUp(
                    running,
                    late,
                    stop,
                    HeapException.of(ErrorCode.TIMED_OUT, what + " took longer than " + limit.toMillis() + " ms")
                            .errno("ETIMEDOUT")
                            .hint("The application was asked to stop. Where it does not, close the session and open"
                                    + " another"));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw givenUp(running, late, stop, HeapException.of(ErrorCode.INTERRUPTED, "interrupted: " + what));
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException known -> throw known;
                case Error known -> throw known;
                case null, default -> throw new CompletionException(e);
            }
        }
    }

    private static <T> HeapException givenUp(
            CompletableFuture<T> running, Consumer<T> late, Runnable stop, HeapException.Builder reason) {
        stop.run();
        running.thenAccept(late);
        return reason.build();
    }

    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException _) {
            return Long.MAX_VALUE;
        }
    }
}
