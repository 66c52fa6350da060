package io.dmaheap.linux.tee;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.uapi.TeeHeader;
import io.dmaheap.tee.TeeInfo.Capability;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeOutput;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeParameter.Direction;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The argument of a call: a header, then the parameters. {@code buf_len} has to be exactly that long, or the kernel answers
 * {@code EINVAL}. Shared memory that the parameters refer to stays alive until this is closed.
 */
final class Arguments implements AutoCloseable {
    private static final long LARGEST_SIZE = 0xffff_ffffL;

    private final Arena arena = Arena.ofConfined();
    private final List<KernelMemory> used = new ArrayList<>();
    private final List<TeeParameter> parameters;
    private final long header;
    /** Header and parameters. */
    final MemorySegment argument;
    /** What the ioctl is passed. */
    final MemorySegment descriptor;

    /** Room for a header, filled by the caller, and the parameters, filled here. */
    Arguments(StructLayout header, List<TeeParameter> parameters, KernelTee tee) {
        this.header = header.byteSize();
        this.parameters = parameters;
        long length = this.header + parameters.size() * TeeHeader.PARAM.byteSize();
        // One piece for both, since allocating is what costs.
        MemorySegment both = arena.allocate(length + TeeHeader.BUF_DATA.byteSize(), TeeHeader.PARAM.byteAlignment());
        this.argument = both.asSlice(0, length);
        this.descriptor = both.asSlice(length);
        TeeHeader.BUF_PTR.set(descriptor, 0L, argument.address());
        TeeHeader.BUF_LEN.set(descriptor, 0L, argument.byteSize());
        try {
            for (int index = 0; index < parameters.size(); index++) {
                write(index, parameters.get(index), tee);
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void write(int index, TeeParameter parameter, KernelTee tee) {
        switch (parameter) {
            case TeeParameter.None _ -> set(index, TeeHeader.TEE_IOCTL_PARAM_ATTR_TYPE_NONE, 0, 0, 0);
            case TeeParameter.Value value -> {
                boolean in = value.direction().in();
                set(index, valueType(value.direction()), in ? value.a() : 0, in ? value.b() : 0, 0);
            }
            case TeeParameter.MemoryReference reference -> {
                KernelMemory memory = tee.own(reference.memory());
                memory.held().enter();
                used.add(memory);
                memory.checkUse(reference.direction());
                // The driver refuses an offset at the end, even of no bytes (tee_shm_get_pa in drivers/tee/tee_shm.c).
                long offset = reference.size() == 0 ? 0 : reference.offset();
                set(index, memoryType(reference.direction()), offset, reference.size(), memory.id());
            }
            case TeeParameter.NullReference reference -> {
                if (!tee.info().capabilities().contains(Capability.NULL_REFERENCE)) {
                    throw HeapException.of(ErrorCode.UNSUPPORTED, tee.info().name() + " takes no references to nothing")
                            .errno("EOPNOTSUPP")
                            .hint("Pass a reference to at least one byte")
                            .build();
                }
                set(index, memoryType(reference.direction()), 0, 0, TeeHeader.TEE_MEMREF_NULL);
            }
        }
    }

    private void set(int index, long type, long a, long b, long c) {
        long at = offset(index);
        TeeHeader.PARAM_ATTR.set(argument, at, type);
        TeeHeader.PARAM_A.set(argument, at, a);
        TeeHeader.PARAM_B.set(argument, at, b);
        TeeHeader.PARAM_C.set(argument, at, c);
    }

    private long offset(int index) {
        return header + index * TeeHeader.PARAM.byteSize();
    }

    private static long valueType(Direction direction) {
        return switch (direction) {
            case IN -> TeeHeader.TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT;
            case OUT -> TeeHeader.TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT;
            case IN_OUT -> TeeHeader.TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT;
        };
    }

    private static long memoryType(Direction direction) {
        return switch (direction) {
            case IN -> TeeHeader.TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT;
            case OUT -> TeeHeader.TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT;
            case IN_OUT -> TeeHeader.TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT;
        };
    }

    /**
     * What the other side wrote back.
     *
     * @throws HeapException {@link ErrorCode#TEE_FAILED} with {@code EPROTO} for a size that the memory of a reference cannot have
     */
    TeeReply reply(TeeResult result, TeeOrigin origin) {
        List<TeeOutput> outputs = new ArrayList<>();
        for (int index = 0; index < parameters.size(); index++) {
            outputs.add(read(offset(index), parameters.get(index), result));
        }
        return new TeeReply(result, origin, outputs);
    }

    private TeeOutput read(long at, TeeParameter parameter, TeeResult result) {
        return switch (parameter) {
            case TeeParameter.Value value
            when value.direction().out() ->
                new TeeOutput.Value(
                        (long) TeeHeader.PARAM_A.get(argument, at), (long) TeeHeader.PARAM_B.get(argument, at));
            case TeeParameter.MemoryReference reference
            when reference.direction().out() -> size(at, reference.size(), result);
            case TeeParameter.NullReference reference when reference.direction().out() -> size(at, 0, result);
            case TeeParameter.None _,
                    TeeParameter.Value _,
                    TeeParameter.MemoryReference _,
                    TeeParameter.NullReference _ -> TeeOutput.Nothing.NOTHING;
        };
    }

    /**
     * The driver passes on what the TEE says (optee_from_msg_param in drivers/tee/optee). A size has 32 bits there, and is more than the
     * memory has only if the application wants more.
     */
    private TeeOutput.Size size(long at, long passed, TeeResult result) {
        long reported = (long) TeeHeader.PARAM_B.get(argument, at);
        long most = result.equals(TeeResult.SUCCESS) ? passed : LARGEST_SIZE;
        if (reported < 0 || reported > most) {
            throw HeapException.of(
                            ErrorCode.TEE_FAILED,
                            "the application reports " + Long.toUnsignedString(reported) + " bytes with " + result
                                    + " in memory of " + passed)
                    .errno("EPROTO")
                    .hint("The application is faulty: nothing in that memory can be relied on")
                    .build();
        }
        return new TeeOutput.Size(reported);
    }

    @Override
    public void close() {
        for (int index = 0; index < used.size(); index++) {
            used.get(index).held().leave();
        }
        arena.close();
    }
}
