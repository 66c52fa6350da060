package io.dmaheap.linux.tee;

import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.uapi.TeeHeader;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** A session of one connection. */
final class KernelSession implements TeeSession {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");
    private static final String INVOKE = "TEE_IOC_INVOKE";

    private final KernelTee tee;
    private final Libc libc;
    private final UUID application;
    private final int number;
    private final TeeReply opening;
    private final Held held;
    private final Turns turns = new Turns(this::cancel);

    /** Owns an open session. */
    KernelSession(KernelTee tee, Libc libc, UUID application, int number, TeeReply opening) {
        this.tee = tee;
        this.libc = libc;
        this.application = application;
        this.number = number;
        this.opening = opening;
        this.held = new Held("session", this::end);
    }

    @Override
    public UUID application() {
        return application;
    }

    @Override
    public TeeReply opening() {
        return opening;
    }

    @Override
    public TeeReply invoke(int command, TeeOperation operation) {
        int cancelId = tee.nextCancelId();
        Turns.Turn turn = turns.new Turn(cancelId);
        Supplier<TeeReply> call = () ->
                held.during(() -> tee.file().during(() -> turn.run(() -> invokeNow(command, operation, cancelId))));
        var listening = operation.cancellation().map(request -> request.listen(turn::stop));
        try {
            // The command is inside the kernel for as long as it takes, where a virtual thread would keep its carrier.
            boolean direct =
                    operation.limit().isEmpty() && !Thread.currentThread().isVirtual();
            TeeReply reply = direct ? call.get() : onThreadOfItsOwn(what(command), call, operation, turn);
            return reply.result().equals(TeeResult.SUCCESS) ? reply : reply.orThrow(what(command) + " failed", INVOKE);
        } finally {
            listening.ifPresent(open -> open.close());
        }
    }

    private String what(int command) {
        return "command " + command + " of " + application;
    }

    private static TeeReply onThreadOfItsOwn(
            String what, Supplier<TeeReply> call, TeeOperation operation, Turns.Turn turn) {
        var running = new GivenUp<>(what, call, late -> {});
        try {
            return running.await(
                    operation.limit(),
                    "The application was asked to stop. Where it does not, close the session and open another");
        } finally {
            if (running.wasGivenUp()) {
                turn.stop();
            }
        }
    }

    private TeeReply invokeNow(int command, TeeOperation operation, int cancelId) {
        try (var arguments = new Arguments(TeeHeader.INVOKE_ARG, operation.parameters(), tee)) {
            MemorySegment argument = arguments.argument;
            TeeHeader.INVOKE_FUNC.set(argument, 0L, command);
            TeeHeader.INVOKE_SESSION.set(argument, 0L, number);
            TeeHeader.INVOKE_CANCEL_ID.set(argument, 0L, cancelId);
            TeeHeader.INVOKE_NUM_PARAMS.set(argument, 0L, operation.parameters().size());
            // Not repeated on EINTR: nobody promises that a command has not run yet.
            int result = libc.ioctl(tee.fd(), TeeHeader.TEE_IOC_INVOKE, arguments.descriptor);
            if (result < 0) {
                throw Failure.of(INVOKE, result, "the driver of " + tee.info().name() + " refused a command")
                        .hint(result == -Errno.EINVAL ? invalid(operation.parameters()) : "See `dmesg`")
                        .build();
            }
            return arguments.reply(new TeeResult((int) TeeHeader.INVOKE_RET.get(argument, 0L)), TeeOrigin.of((int)
                    TeeHeader.INVOKE_RET_ORIGIN.get(argument, 0L)));
        }
    }

    /** The driver has one answer for a session that it does not know and for a parameter that it cannot pass on. */
    private static String invalid(List<TeeParameter> parameters) {
        String session =
                "The driver does not know the session: the TEE was restarted, or its driver was bound again. Connect again";
        boolean refersToMemory = parameters.stream()
                .anyMatch(one ->
                        one instanceof TeeParameter.MemoryReference || one instanceof TeeParameter.NullReference);
        return refersToMemory
                ? session + ". If a command without memory still works in this session, the driver refused one of the"
                        + " references: it passes on memory that was shared through this connection, and protected buffers of its"
                        + " own TEE"
                : session;
    }

    /** Asks the TEE to stop a call, which keeps the session and the connection alive meanwhile. */
    private void cancel(int cancelId) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocate(TeeHeader.CANCEL_ARG);
            TeeHeader.CANCEL_ID.set(argument, 0L, cancelId);
            TeeHeader.CANCEL_SESSION.set(argument, 0L, number);
            int result = libc.ioctl(tee.fd(), TeeHeader.TEE_IOC_CANCEL, argument);
            LOGGER.log(System.Logger.Level.DEBUG, "TEE_IOC_CANCEL: {0}", result);
        }
    }

    private void end() {
        tee.closeSession(number);
    }

    @Override
    public void close() {
        held.close();
    }

    @Override
    public String toString() {
        return "session with " + application;
    }
}
