package io.dmaheap.linux.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.uapi.TeeHeader;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Opens one session. OP-TEE asks {@code tee-supplicant} for applications that it does not have, and the kernel waits for one as long as
 * it takes, so this is the call that needs a time limit.
 */
record Opening(KernelTee tee, Libc libc, UUID application, TeeLogin login, TeeOperation operation) {
    private static final String OPEN = "TEE_IOC_OPEN_SESSION";
    /** Of the session in {@link TeeHeader#CLOSE_SESSION_ARG}. */
    private static final long SESSION_OFFSET = 0;

    private static final ValueLayout.OfLong AS_WRITTEN =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    KernelSession open() {
        Supplier<KernelSession> call = () -> tee.file().during(this::openNow);
        if (operation.limit().isEmpty()
                && operation.cancellation().isEmpty()
                && !Thread.currentThread().isVirtual()) {
            return call.get();
        }
        var opening = new GivenUp<>("opening a session with " + application, call, KernelSession::close);
        // A session that does not exist yet cannot be named in TEE_IOC_CANCEL, so the call is left behind.
        var listening = operation.cancellation().map(request -> request.listen(() -> opening.giveUp(cancelled())));
        try {
            return opening.await(
                    operation.limit(),
                    "The TEE waits for tee-supplicant, which has to load the application: `systemctl start tee-supplicant`");
        } finally {
            listening.ifPresent(open -> open.close());
        }
    }

    private HeapException cancelled() {
        return HeapException.of(ErrorCode.TEE_FAILED, "opening a session with " + application + " was cancelled")
                .operation(OPEN)
                .teeReply(TeeReply.of(TeeResult.CANCEL, TeeOrigin.API))
                .build();
    }

    private KernelSession openNow() {
        try (var arguments = new Arguments(TeeHeader.OPEN_SESSION_ARG, operation.parameters(), tee)) {
            MemorySegment argument = arguments.argument;
            argument.set(AS_WRITTEN, TeeHeader.UUID_OFFSET, application.getMostSignificantBits());
            argument.set(AS_WRITTEN, TeeHeader.UUID_OFFSET + Long.BYTES, application.getLeastSignificantBits());
            // The kernel takes the group from the first four bytes of the client's UUID, in the machine's byte order.
            argument.set(ValueLayout.JAVA_INT, TeeHeader.CLNT_UUID_OFFSET, login.group());
            TeeHeader.OPEN_CLNT_LOGIN.set(argument, 0L, login.method().number());
            TeeHeader.OPEN_NUM_PARAMS.set(argument, 0L, operation.parameters().size());
            int result = libc.ioctl(tee.fd(), TeeHeader.TEE_IOC_OPEN_SESSION, arguments.descriptor);
            if (result < 0) {
                throw refused(result);
            }
            int answer = (int) TeeHeader.OPEN_RET.get(argument, 0L);
            int number = (int) TeeHeader.OPEN_SESSION.get(argument, 0L);
            try {
                TeeReply reply = arguments.reply(
                        new TeeResult(answer), TeeOrigin.of((int) TeeHeader.OPEN_RET_ORIGIN.get(argument, 0L)));
                reply.orThrow("no session with " + application, OPEN);
                return new KernelSession(tee, libc, application, number, reply);
            } catch (RuntimeException | Error e) {
                if (answer == TeeResult.SUCCESS.code()) {
                    closeAgain(number, argument);
                }
                throw e;
            }
        }
    }

    /**
     * Ends a session that nothing owns. The argument is written to memory that is there, with a call that this class has made before: the
     * reason may be that the JVM has no memory for another.
     */
    private void closeAgain(int number, MemorySegment memory) {
        memory.set(ValueLayout.JAVA_INT, SESSION_OFFSET, number);
        libc.ioctl(tee.fd(), TeeHeader.TEE_IOC_CLOSE_SESSION, memory);
    }

    private HeapException refused(int result) {
        var failure = Failure.of(
                OPEN, result, "the driver of " + tee.info().name() + " opens no session with " + application);
        return switch (-result) {
            case Errno.EPERM ->
                failure.hint("The process is no member of the group that it logs in as")
                        .build();
            case Errno.EINVAL ->
                failure.hint("The driver does not know the login " + login.method()
                                + ", or the TEE was restarted: connect again")
                        .build();
            default -> failure.build();
        };
    }
}
