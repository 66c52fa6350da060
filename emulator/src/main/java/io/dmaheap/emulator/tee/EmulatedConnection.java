package io.dmaheap.emulator.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.secure.TrustedApplication.Opened;
import io.dmaheap.linux.memfd.ViewScope;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.TeeConnection;
import io.dmaheap.tee.TeeInfo;
import io.dmaheap.tee.TeeLogin;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import io.dmaheap.tee.TeeSession;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/** A connection to the emulated TEE. */
final class EmulatedConnection implements TeeConnection {
    private static final long PAGE = 4096;

    private final EmulatedTee tee;
    private volatile boolean closed;

    EmulatedConnection(EmulatedTee tee) {
        this.tee = tee;
    }

    EmulatedTee tee() {
        return tee;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this connection to tee0 is closed");
        }
    }

    @Override
    public TeeInfo info() {
        return tee.info();
    }

    @Override
    public TeeSession openSession(UUID uuid, TeeLogin login, TeeOperation operation) {
        checkOpen();
        String what = "no session with " + uuid;
        if (login.method().number() > TeeLogin.Method.GROUP.number()) {
            throw HeapException.of(ErrorCode.SYSTEM_ERROR, what)
                    .operation("TEE_IOC_OPEN_SESSION")
                    .errno("EINVAL")
                    .hint("OP-TEE's driver does not know the login " + login.method())
                    .build();
        }
        if (tee.world().isDead()) {
            throw refusal(TeeResult.COMMUNICATION, TeeOrigin.COMMS, what);
        }
        LoadedApplication application =
                tee.application(uuid).orElseThrow(() -> refusal(TeeResult.ITEM_NOT_FOUND, TeeOrigin.TEE, what));
        var call = new Call(this, application.code().isForSecureData(), operation);
        var session = call.run(
                "opening a session with " + uuid, () -> open(application, call), late -> late.close(), () -> {});
        session.opening().orThrow(what, "TEE_IOC_OPEN_SESSION");
        return session;
    }

    private EmulatedSession open(LoadedApplication application, Call call) {
        try {
            var opened = application.code().open(call.parameters());
            var reply = new TeeReply(opened.result(), TeeOrigin.TRUSTED_APP, call.outputs(opened.result()));
            return new EmulatedSession(this, application, opened.session(), reply);
        } catch (RuntimeException | Error e) {
            application.panic(e);
            TeeReply dead = TeeReply.of(TeeResult.TARGET_DEAD, TeeOrigin.TEE);
            return new EmulatedSession(
                    this, application, Opened.refused(dead.result()).session(), dead);
        }
    }

    private static HeapException refusal(TeeResult result, TeeOrigin origin, String what) {
        try {
            throw new AssertionError(TeeReply.of(result, origin).orThrow(what, "TEE_IOC_OPEN_SESSION"));
        } catch (HeapException refused) {
            return refused;
        }
    }

    @Override
    public TeeMemory allocate(long size) {
        checkOpen();
        if (size <= 0) {
            throw HeapException.of(ErrorCode.INVALID_SIZE, "shared memory has at least one byte, not " + size)
                    .operation("TEE_IOC_SHM_ALLOC")
                    .errno("EINVAL")
                    .build();
        }
        tee.faults().pass(FaultPoint.SHARE);
        var views = new ViewScope();
        try {
            return SharedMemory.of(
                    this, views.arena().allocate((size + PAGE - 1) / PAGE * PAGE, PAGE), () -> views.close(() -> {}));
        } catch (OutOfMemoryError | IllegalArgumentException e) {
            views.close(() -> {});
            throw HeapException.of(ErrorCode.OUT_OF_MEMORY, "no shared memory of " + size + " bytes")
                    .operation("TEE_IOC_SHM_ALLOC")
                    .errno("ENOMEM")
                    .cause(e)
                    .build();
        }
    }

    @Override
    public TeeMemory register(MemorySegment segment) {
        checkOpen();
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the segment has ended: " + segment);
        }
        if (!segment.isNative()
                || segment.byteSize() == 0
                || segment.address() % PAGE != 0
                || segment.byteSize() % PAGE != 0) {
            throw new IllegalArgumentException("only whole pages of native memory can be registered, not " + segment
                    + "; pages have " + PAGE + " bytes");
        }
        tee.faults().pass(FaultPoint.SHARE);
        return SharedMemory.of(this, segment, () -> {});
    }

    @Override
    public TeeMemory register(Memory memory) {
        checkOpen();
        BusMemory behind = tee.behind(memory)
                .orElseThrow(() -> HeapException.of(ErrorCode.UNSUPPORTED, "the buffer cannot be registered")
                        .operation("TEE_IOC_SHM_REGISTER_FD")
                        .errno("EINVAL")
                        .hint("It must be protected memory of this board; copy ordinary memory through shared memory")
                        .build());
        if (!tee.firewall()
                .permitsAnything(SharedMemory.MASTER, behind.addresses().ranges())) {
            throw HeapException.of(
                            ErrorCode.UNSUPPORTED,
                            "the buffer cannot be registered: " + SharedMemory.MASTER + " is not on its access list")
                    .operation("TEE_IOC_SHM_REGISTER_FD")
                    .errno("EINVAL")
                    .hint(
                            "Its memory is protected for others than the secure world: let a device of the list do the work")
                    .build();
        }
        tee.faults().pass(FaultPoint.SHARE);
        return SharedMemory.of(this, behind);
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "connection to tee0";
    }
}
