package io.dmaheap.linux.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.linux.libc.CallFrame;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.uapi.TeeHeader;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Makes shared memory. The kernel answers with a descriptor that a child process would inherit, so each is marked close-on-exec as soon
 * as it is there.
 *
 * @param owner the connection
 * @param device the descriptor behind it
 */
record Sharing(KernelTee owner, Libc libc, int device) {

    KernelMemory allocate(long size) {
        try (CallFrame frame = CallFrame.enter()) {
            MemorySegment data = cleared(frame);
            TeeHeader.ALLOC_SIZE.set(data, 0L, size);
            int fd = Ioctl.call(libc, device, TeeHeader.TEE_IOC_SHM_ALLOC, data);
            if (fd < 0) {
                throw Failure.of("TEE_IOC_SHM_ALLOC", fd, "no shared memory of " + size + " bytes")
                        .build();
            }
            int id = (int) TeeHeader.ALLOC_ID.get(data, 0L);
            long granted = (long) TeeHeader.ALLOC_SIZE.get(data, 0L);
            try {
                keepFromChildren(fd);
                return KernelMemory.allocated(owner, libc, fd, id, granted);
            } catch (RuntimeException | Error e) {
                SharedFd.close(libc, fd);
                throw e;
            }
        }
    }

    KernelMemory register(MemorySegment segment) {
        try (CallFrame frame = CallFrame.enter()) {
            MemorySegment data = cleared(frame);
            TeeHeader.REGISTER_ADDR.set(data, 0L, segment.address());
            TeeHeader.REGISTER_LENGTH.set(data, 0L, segment.byteSize());
            int fd = Ioctl.call(libc, device, TeeHeader.TEE_IOC_SHM_REGISTER, data);
            if (fd < 0) {
                throw Failure.of("TEE_IOC_SHM_REGISTER", fd, "cannot register " + segment.byteSize() + " bytes")
                        .hint(
                                "Registered memory is pinned: compare with `ulimit -l`. Mappings of devices and dma-bufs cannot be")
                        .build();
            }
            int id = (int) TeeHeader.REGISTER_ID.get(data, 0L);
            return registered(fd, id, segment.byteSize(), segment);
        }
    }

    KernelMemory register(int buffer) {
        try (CallFrame frame = CallFrame.enter()) {
            MemorySegment data = cleared(frame);
            TeeHeader.REGISTER_FD_FD.set(data, 0L, (long) buffer);
            int fd = Ioctl.call(libc, device, TeeHeader.TEE_IOC_SHM_REGISTER_FD, data);
            if (fd < 0) {
                // The driver says EINVAL to whatever it dislikes, and so does a kernel that lacks the call.
                ErrorCode code = fd == -Errno.EINVAL ? ErrorCode.UNSUPPORTED : ErrorCode.SYSTEM_ERROR;
                throw Failure.of(code, "TEE_IOC_SHM_REGISTER_FD", fd, "the buffer cannot be registered")
                        .hint(
                                "It must come from a protected heap of the same TEE, on linux 6.18 or newer; for ordinary memory,"
                                        + " copy through shared memory")
                        .build();
            }
            int id = (int) TeeHeader.REGISTER_FD_ID.get(data, 0L);
            long size = (long) TeeHeader.REGISTER_FD_SIZE.get(data, 0L);
            return registered(fd, id, size, null);
        }
    }

    private static MemorySegment cleared(CallFrame frame) {
        return frame.struct().fill((byte) 0);
    }

    private KernelMemory registered(int fd, int id, long size, @Nullable MemorySegment segment) {
        try {
            keepFromChildren(fd);
            return KernelMemory.registered(owner, libc, fd, id, size, segment);
        } catch (RuntimeException | Error e) {
            SharedFd.close(libc, fd);
            throw e;
        }
    }

    private void keepFromChildren(int fd) {
        int result = libc.fcntl(fd, FileStructs.F_SETFD, FileStructs.FD_CLOEXEC);
        if (result < 0) {
            throw Failure.of("fcntl(F_SETFD)", result, "cannot keep shared memory from child processes")
                    .build();
        }
    }
}
