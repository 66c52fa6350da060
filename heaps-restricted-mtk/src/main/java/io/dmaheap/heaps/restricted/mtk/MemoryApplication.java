package io.dmaheap.heaps.restricted.mtk;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.heaps.restricted.mtk.SharedSession.Opened;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.tee.TeeMemory;
import io.dmaheap.tee.TeeOperation;
import io.dmaheap.tee.TeeOrigin;
import io.dmaheap.tee.TeeParameter;
import io.dmaheap.tee.TeeReply;
import io.dmaheap.tee.TeeResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trusted application that owns MediaTek's secure memory, by the protocol of the series "dma-buf: heaps: Add restricted heap" (v5,
 * May 2024): the same on all of MediaTek's Chromebook chips. Guarded by its heap.
 */
final class MemoryApplication {
    private static final int ZALLOC = 0x10000;
    private static final int FREE = 0x10001;
    private static final int RETRIEVE_SG = 0x10002;
    private static final int GET_REGION_NUM = 0x10003;

    private final String heap;
    private final SharedSession shared;
    private final int pageSize;

    /**
     * Not connected yet.
     *
     * @param heap whose it is, for messages
     * @param shared through which it is reached; left by {@link #close}
     */
    MemoryApplication(String heap, SharedSession shared, int pageSize) {
        this.heap = heap;
        this.shared = shared;
        this.pageSize = pageSize;
        shared.join();
    }

    /** What a buffer is for the application. */
    enum Type {
        /** In memory that the secure world has from boot on. */
        STATIC(1),
        /** In memory that the normal world lends. */
        LENT(2);

        private final long number;

        Type(long number) {
            this.number = number;
        }
    }

    /**
     * A buffer as the application gave it out.
     *
     * @param giver the session that it was given out in, the only one that knows its handle: the application may have panicked since,
     *     and then another instance numbers its own buffers from the start
     * @param handle its name in the secure world
     * @param size bytes
     * @param pieces how many it is in, or so the application says
     * @param first where the first of them begins
     */
    record Given(Opened giver, long handle, long size, long pieces, long first) {}

    /**
     * Connects, unless that is done.
     *
     * @throws HeapException {@link ErrorCode#DEVICE_GONE} ({@code ENODEV}) if there is no OP-TEE now; else what the TEE says
     */
    Opened connect() {
        try {
            return shared.connect(heap);
        } catch (HeapException e) {
            throw ofHeap(e, "init");
        }
    }

    /** Whether the application still knows what it gave out, as far as any heap has found. */
    boolean isKnown(Given given) {
        return shared.isCurrent(given.giver());
    }

    /**
     * Asks for zeroed memory.
     *
     * @param lent what is lent so far, for {@link Type#LENT}; told with every request
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY}
     */
    Given allocate(Type type, long size, PhysicalRange lent) {
        Opened giver = connect();
        TeeReply reply = invoke(
                giver,
                "ZALLOC",
                ZALLOC,
                TeeParameter.valueIn(size, pageSize),
                TeeParameter.valueIn(type.number, 0),
                TeeParameter.valueInOut(lent.base(), lent.size()),
                TeeParameter.valueOut());
        return new Given(
                giver,
                reply.value(3).a(),
                size,
                reply.value(2).a(),
                reply.value(2).b());
    }

    /**
     * Where a buffer is.
     *
     * @throws HeapException if what the application says makes no sense
     */
    List<PhysicalRange> places(Given given) {
        var places = given.pieces() == 1 ? List.of(BlockList.place(given.first(), given.size())) : retrieve(given);
        return BlockList.checked(places, given.size(), pageSize);
    }

    private List<PhysicalRange> retrieve(Given given) {
        long pieces = given.pieces();
        if (pieces <= 0 || pieces > BlockList.MOST) {
            throw BlockList.nonsense(pieces + " pieces");
        }
        try (TeeMemory list = listFor(given)) {
            invoke(
                    given.giver(),
                    "RETRIEVE_SG",
                    RETRIEVE_SG,
                    TeeParameter.valueIn(given.handle(), 0),
                    list.inOut(0, pieces * BlockList.RECORD));
            return BlockList.read(list.segment(), pieces);
        }
    }

    private TeeMemory listFor(Given given) {
        try {
            return given.giver().connection().allocate(given.pieces() * BlockList.RECORD);
        } catch (IllegalStateException e) {
            if (isKnown(given)) {
                throw e;
            }
            throw gone("RETRIEVE_SG", e);
        }
    }

    /** Another heap found that the application has died, and closed the session. */
    private HeapException gone(String operation, @Nullable Throwable closed) {
        var gone = HeapException.of(ErrorCode.DEVICE_GONE, "the secure world was gone since it gave out the buffer")
                .heap(heap)
                .operation(operation)
                .hint("What it still knows of the buffer nobody can tell");
        return closed == null ? gone.build() : gone.cause(closed).build();
    }

    /**
     * Gives memory back. The result is in a value of the reply, apart from the result of the call.
     *
     * @throws HeapException if the application keeps it; {@link ErrorCode#DEVICE_GONE} without asking if the session in which it was
     *     given out has ended
     */
    void free(Given given) {
        if (!isKnown(given)) {
            throw gone("FREE", null);
        }
        TeeReply reply =
                invoke(given.giver(), "FREE", FREE, TeeParameter.valueIn(given.handle(), 0), TeeParameter.valueOut());
        var result = new TeeResult((int) reply.value(1).a());
        if (!result.equals(TeeResult.SUCCESS)) {
            throw refusal(ErrorCode.TEE_FAILED, new TeeReply(result, TeeOrigin.TRUSTED_APP, reply.outputs()), "FREE")
                    .hint("The secure world still protects the buffer; its log says why")
                    .build();
        }
    }

    /** In how many parts the firmware protects a region, each by itself; 1 if it does not know the question. */
    long parts(PhysicalRange region) {
        try {
            long parts = invoke(
                            connect(),
                            "GET_REGION_NUM",
                            GET_REGION_NUM,
                            TeeParameter.valueInOut(region.base(), region.size()))
                    .value(0)
                    .a();
            return parts > 0 && parts <= region.size() / pageSize ? parts : 1;
        } catch (HeapException e) {
            if (e.teeReply().filter(MemoryApplication::isUnknownCommand).isPresent()) {
                return 1;
            }
            throw e;
        }
    }

    private static boolean isUnknownCommand(TeeReply reply) {
        return reply.origin() == TeeOrigin.TRUSTED_APP
                && (reply.result().equals(TeeResult.NOT_SUPPORTED)
                        || reply.result().equals(TeeResult.NOT_IMPLEMENTED)
                        || reply.result().equals(TeeResult.BAD_PARAMETERS));
    }

    /**
     * Without a time limit. Who gives up a command does not know what becomes of it: the application may protect or clear memory later
     * that was taken back meanwhile, and what it gave out nobody can free. A limit would let an interrupt do the same.
     */
    private TeeReply invoke(Opened open, String name, int command, TeeParameter... parameters) {
        try {
            return open.session().invoke(command, TeeOperation.of(parameters));
        } catch (HeapException e) {
            if (e.code() == ErrorCode.DEVICE_GONE) {
                shared.forget(open);
            }
            throw ofHeap(e, name);
        } catch (IllegalStateException e) {
            if (shared.isCurrent(open)) {
                throw e;
            }
            throw gone(name, e);
        }
    }

    /** The same refusal, by the names that a user of the heap knows. */
    private HeapException ofHeap(HeapException refused, String operation) {
        if (refused.teeReply().isEmpty()) {
            return refused;
        }
        var said = refusal(refused.code(), refused.teeReply().get(), operation).cause(refused);
        refused.hint().ifPresent(said::hint);
        return said.build();
    }

    private HeapException.Builder refusal(ErrorCode code, TeeReply reply, String operation) {
        return HeapException.of(code, "the secure world refuses: " + reply.result() + " from " + reply.origin())
                .heap(heap)
                .operation(operation)
                .teeReply(reply);
    }

    void close() {
        shared.leave();
    }
}
