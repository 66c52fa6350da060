package io.dmaheap.linux.libc;

import io.dmaheap.linux.uapi.TeeHeader;
import io.dmaheap.tee.TeeInfo.Capability;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The kernel's TEE driver with one application, as strict as the real one: exact argument lengths, known ids and references within
 * bounds, or {@code EINVAL} and nothing written. A request to stop where nothing runs is forgotten. The application adds one to every number and halves the size of every reference.
 */
public final class ScriptedTee {
    static final Map<Long, String> IOCTLS = Map.of(
            TeeHeader.TEE_IOC_VERSION, "TEE_IOC_VERSION",
            TeeHeader.TEE_IOC_SHM_ALLOC, "TEE_IOC_SHM_ALLOC",
            TeeHeader.TEE_IOC_SHM_REGISTER, "TEE_IOC_SHM_REGISTER",
            TeeHeader.TEE_IOC_SHM_REGISTER_FD, "TEE_IOC_SHM_REGISTER_FD",
            TeeHeader.TEE_IOC_OPEN_SESSION, "TEE_IOC_OPEN_SESSION",
            TeeHeader.TEE_IOC_INVOKE, "TEE_IOC_INVOKE",
            TeeHeader.TEE_IOC_CANCEL, "TEE_IOC_CANCEL",
            TeeHeader.TEE_IOC_CLOSE_SESSION, "TEE_IOC_CLOSE_SESSION");

    /** The sessions that nobody closed, each with the descriptor of its connection. */
    public final Map<Integer, Integer> sessions = new ConcurrentHashMap<>();
    /** How many calls are inside, waiting at a gate. */
    public final AtomicInteger inside = new AtomicInteger();

    private final Map<Integer, Long> shared = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private volatile int capabilities = Arrays.stream(Capability.values())
            .filter(one -> one != Capability.PRIVILEGED && one != Capability.OBJECT_REFERENCE)
            .mapToInt(Capability::bit)
            .sum();
    private volatile int result;
    private volatile int origin = 4;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile CountDownLatch cancellable = gate;
    private volatile byte[] header = {};
    private volatile OptionalLong claim = OptionalLong.empty();

    /** What the driver can do, in {@code gen_caps}. */
    public ScriptedTee capableOf(int bits) {
        capabilities = bits;
        return this;
    }

    /** What the application answers from now on. */
    public ScriptedTee answers(int code, int by) {
        result = code;
        origin = by;
        return this;
    }

    /** The size that the application says it wrote to every reference from now on, instead of half of it. */
    public ScriptedTee claims(long bytes) {
        claim = OptionalLong.of(bytes);
        return this;
    }

    /** Every call into the other world waits here until somebody opens the gate, or cancels. */
    public CountDownLatch gate() {
        gate = new CountDownLatch(1);
        cancellable = gate;
        return gate;
    }

    /** As {@link #gate()}, but a cancellation does not open it. */
    public CountDownLatch stubbornGate() {
        CountDownLatch made = gate();
        cancellable = new CountDownLatch(1);
        return made;
    }

    /** Answers the next requests to stop something as the others, and does nothing. */
    public void losesRequests(int count) {
        lost.set(count);
    }

    /** The fixed part of the last argument of a session or command. */
    public byte[] lastHeader() {
        return header.clone();
    }

    /** The bytes that are shared with the TEE. */
    public long sharedBytes() {
        return shared.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Closing the descriptor of shared memory ends the sharing, whose id is the descriptor's number here; closing that of a connection
     * ends its sessions.
     */
    void closed(int fd) {
        shared.remove(fd);
        sessions.values().removeIf(connection -> connection == fd);
    }

    /**
     * Answers an ioctl.
     *
     * @param connection the descriptor that it came through
     * @param fd a new descriptor for shared memory, 0 for other calls
     */
    int answer(String name, int connection, MemorySegment data, int fd) {
        return switch (name) {
            case "TEE_IOC_VERSION" -> {
                TeeHeader.IMPL_ID.set(data, 0L, 1);
                TeeHeader.IMPL_CAPS.set(data, 0L, 1);
                TeeHeader.GEN_CAPS.set(data, 0L, capabilities);
                yield 0;
            }
            case "TEE_IOC_SHM_ALLOC" -> {
                long size = (long) TeeHeader.ALLOC_SIZE.get(data, 0L) + 4095 & -4096;
                TeeHeader.ALLOC_SIZE.set(data, 0L, size);
                TeeHeader.ALLOC_ID.set(data, 0L, fd);
                shared.put(fd, size);
                yield fd;
            }
            case "TEE_IOC_SHM_REGISTER" -> {
                TeeHeader.REGISTER_ID.set(data, 0L, fd);
                shared.put(fd, (long) TeeHeader.REGISTER_LENGTH.get(data, 0L));
                yield fd;
            }
            case "TEE_IOC_SHM_REGISTER_FD" -> {
                TeeHeader.REGISTER_FD_SIZE.set(data, 0L, 4096L);
                TeeHeader.REGISTER_FD_ID.set(data, 0L, fd);
                shared.put(fd, 4096L);
                yield fd;
            }
            case "TEE_IOC_OPEN_SESSION" -> open(connection, data);
            case "TEE_IOC_INVOKE" -> invoke(data);
            case "TEE_IOC_CANCEL" -> {
                if (inside.get() > 0 && lost.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                    cancellable.countDown();
                }
                yield sessions.containsKey((int) TeeHeader.CANCEL_SESSION.get(data, 0L)) ? 0 : -Errno.EINVAL;
            }
            case "TEE_IOC_CLOSE_SESSION" ->
                sessions.remove((int) TeeHeader.CLOSE_SESSION.get(data, 0L)) != null ? 0 : -Errno.EINVAL;
            default -> throw new AssertionError(name);
        };
    }

    private int open(int connection, MemorySegment data) {
        MemorySegment argument = argument(data);
        long fixed = TeeHeader.OPEN_SESSION_ARG.byteSize();
        int count = (int) TeeHeader.OPEN_NUM_PARAMS.get(argument, 0L);
        if (!wellFormed(argument, fixed, count)) {
            return -Errno.EINVAL;
        }
        passGate();
        run(argument, fixed, count);
        TeeHeader.OPEN_RET.set(argument, 0L, result);
        TeeHeader.OPEN_RET_ORIGIN.set(argument, 0L, origin);
        if (result == 0) {
            int session = ids.incrementAndGet();
            sessions.put(session, connection);
            TeeHeader.OPEN_SESSION.set(argument, 0L, session);
        }
        return 0;
    }

    private int invoke(MemorySegment data) {
        MemorySegment argument = argument(data);
        long fixed = TeeHeader.INVOKE_ARG.byteSize();
        int count = (int) TeeHeader.INVOKE_NUM_PARAMS.get(argument, 0L);
        if (!sessions.containsKey((int) TeeHeader.INVOKE_SESSION.get(argument, 0L))
                || !wellFormed(argument, fixed, count)) {
            return -Errno.EINVAL;
        }
        passGate();
        run(argument, fixed, count);
        TeeHeader.INVOKE_RET.set(argument, 0L, result);
        TeeHeader.INVOKE_RET_ORIGIN.set(argument, 0L, origin);
        return 0;
    }

    private static MemorySegment argument(MemorySegment data) {
        return MemorySegment.ofAddress((long) TeeHeader.BUF_PTR.get(data, 0L))
                .reinterpret((long) TeeHeader.BUF_LEN.get(data, 0L));
    }

    private boolean wellFormed(MemorySegment argument, long fixed, int count) {
        header = argument.asSlice(0, fixed).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        if (argument.byteSize() != fixed + count * TeeHeader.PARAM.byteSize()) {
            return false;
        }
        for (int index = 0; index < count; index++) {
            long at = fixed + index * TeeHeader.PARAM.byteSize();
            long id = (long) TeeHeader.PARAM_C.get(argument, at);
            boolean memory = (long) TeeHeader.PARAM_ATTR.get(argument, at) >= 5;
            if (memory && id != TeeHeader.TEE_MEMREF_NULL) {
                Long size = shared.get((int) id);
                long start = (long) TeeHeader.PARAM_A.get(argument, at);
                if (size == null || start >= size || start + (long) TeeHeader.PARAM_B.get(argument, at) > size) {
                    return false;
                }
            }
        }
        return true;
    }

    private void run(MemorySegment argument, long fixed, int count) {
        for (int index = 0; index < count; index++) {
            long at = fixed + index * TeeHeader.PARAM.byteSize();
            long type = (long) TeeHeader.PARAM_ATTR.get(argument, at);
            if (type == 2 || type == 3) {
                TeeHeader.PARAM_A.set(argument, at, (long) TeeHeader.PARAM_A.get(argument, at) + 1);
                TeeHeader.PARAM_B.set(argument, at, (long) TeeHeader.PARAM_B.get(argument, at) + 1);
            } else if (type == 6 || type == 7) {
                TeeHeader.PARAM_B.set(argument, at, claim.orElse((long) TeeHeader.PARAM_B.get(argument, at) / 2));
            }
        }
    }

    private void passGate() {
        inside.incrementAndGet();
        try {
            if (!gate.await(1, TimeUnit.MINUTES)) {
                throw new AssertionError("the test did not open the gate");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            inside.decrementAndGet();
        }
    }
}
