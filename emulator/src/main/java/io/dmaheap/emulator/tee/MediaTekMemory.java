package io.dmaheap.emulator.tee;

import io.dmaheap.HeapException;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.secure.SecureWorld;
import io.dmaheap.emulator.secure.TaMemory;
import io.dmaheap.emulator.secure.TaParameters;
import io.dmaheap.emulator.secure.TaParameters.Type;
import io.dmaheap.emulator.secure.TrustedApplication;
import io.dmaheap.tee.TeeResult;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * MediaTek's secure memory, as the fifth version of the kernel series speaks with it (May 2024) and a later driver of ChromeOS. Its
 * source was never shown, so this is what the callers expect of it.
 *
 * <table class="striped">
 * <caption>Commands</caption>
 * <tr><th>number</th><th>name</th><th>parameters</th></tr>
 * <tr><td>0x10000</td><td>ZALLOC</td><td>value in: size, alignment. value in: type. value in/out: base and size of what is lent (type
 *     2); pieces and first address. value out: handle</td></tr>
 * <tr><td>0x10001</td><td>FREE</td><td>value in: handle. value out: result, 0 if it worked</td></tr>
 * <tr><td>0x10002</td><td>RETRIEVE_SG</td><td>value in: handle. memory in/out: pieces, each a 64-bit address and a 32-bit
 *     length</td></tr>
 * <tr><td>0x10003</td><td>GET_REGION_NUM</td><td>value in/out: base and size of a region; number of parts</td></tr>
 * </table>
 *
 * <p>Memory of type 1 lies in a region that the secure world has from boot on, memory of type 2 in pages that the normal world has
 * lent. What is lent is told with every request and may have grown since the one before; the new part is exactly one loan. When
 * nothing lies in it any more, all of it is cleared and let go. Of what an application gave out that has panicked, the next one knows
 * nothing.
 */
public final class MediaTekMemory implements TrustedApplication {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.emulator");

    private static final int ZALLOC = 0x10000;
    private static final int FREE = 0x10001;
    private static final int RETRIEVE_SG = 0x10002;
    private static final int GET_REGION_NUM = 0x10003;

    private static final long TYPE_STATIC = 1;
    private static final long TYPE_LENT = 2;
    private static final long PAGE = 4096;
    /** Handles look like page numbers, so that they pass for addresses, as the first versions of the series needed. */
    private static final int HANDLE_SHIFT = 12;

    private static final int RECORD = Long.BYTES + Integer.BYTES;

    private final SecureWorld world;
    private final Optional<SecurePool> fixed;
    private final List<AddressRange> lendable;
    private final ProtectedPages pages;
    /** By base. Guarded by this. */
    private final Map<Long, SecurePool> lent = new HashMap<>();
    /** By handle. Guarded by this. */
    private final Map<Long, Allocation> allocations = new HashMap<>();
    /** Guarded by this. */
    private long handles;

    private record Allocation(SecurePool pool, List<AddressRange> pieces) {}

    /**
     * An application that manages these regions.
     *
     * @param fixed the secure world's own region, if the board has one
     * @param lendable regions that the normal world may lend
     */
    public MediaTekMemory(
            SecureWorld world, Optional<AddressRange> fixed, List<AddressRange> lendable, ProtectedPages pages) {
        this.world = world;
        this.fixed = fixed.map(range -> SecurePool.fixed(range, pages));
        this.lendable = List.copyOf(lendable);
        this.pages = pages;
    }

    @Override
    public UUID uuid() {
        return UUID.fromString("4477588a-8476-11e2-ad15-e41f1390d676");
    }

    @Override
    public boolean isForSecureData() {
        return false;
    }

    /** Else each session would give out the same memory. */
    @Override
    public boolean isSingleInstance() {
        return true;
    }

    @Override
    public Opened open(TaParameters parameters) {
        return Opened.with(this::invoke);
    }

    private synchronized TeeResult invoke(int command, TaParameters parameters) {
        return switch (command) {
            case ZALLOC ->
                parameters.are(Type.VALUE_INPUT, Type.VALUE_INPUT, Type.VALUE_INOUT, Type.VALUE_OUTPUT)
                        ? allocate(parameters)
                        : TeeResult.BAD_PARAMETERS;
            case FREE ->
                parameters.are(Type.VALUE_INPUT, Type.VALUE_OUTPUT) ? free(parameters) : TeeResult.BAD_PARAMETERS;
            case RETRIEVE_SG ->
                parameters.are(Type.VALUE_INPUT, Type.MEMREF_INOUT) ? retrieve(parameters) : TeeResult.BAD_PARAMETERS;
            case GET_REGION_NUM -> parameters.are(Type.VALUE_INOUT) ? count(parameters) : TeeResult.BAD_PARAMETERS;
            default -> TeeResult.NOT_SUPPORTED;
        };
    }

    private TeeResult allocate(TaParameters parameters) {
        long size = parameters.value(0).a();
        long alignment = parameters.value(0).b();
        if (size <= 0 || size % PAGE != 0 || alignment < PAGE || Long.bitCount(alignment) != 1) {
            return TeeResult.BAD_PARAMETERS;
        }
        Optional<Asked> asked = asked(parameters);
        if (asked.isEmpty()) {
            return TeeResult.BAD_PARAMETERS;
        }
        SecurePool pool = asked.get().pool();
        if (!pool.hasRoom(size, asked.get().end())) {
            return TeeResult.OUT_OF_MEMORY;
        }
        try {
            pool.growTo(asked.get().end());
        } catch (HeapException | IllegalArgumentException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "no protection for what was lent", e);
            pool.letGoIfEmpty();
            return TeeResult.SECURITY;
        }
        List<AddressRange> pieces = pool.allocate(size, alignment);
        if (pieces.isEmpty()) {
            return TeeResult.OUT_OF_MEMORY;
        }
        pieces.forEach(pages::clear);
        long handle = ++handles << HANDLE_SHIFT;
        allocations.put(handle, new Allocation(pool, pieces));
        parameters.value(2).set(pieces.size(), pieces.getFirst().base());
        parameters.value(3).set(handle, 0);
        return TeeResult.SUCCESS;
    }

    /** The pool of a request, and how far it reaches. */
    private record Asked(SecurePool pool, long end) {}

    private Optional<Asked> asked(TaParameters parameters) {
        long type = parameters.value(1).a();
        long base = parameters.value(2).a();
        long size = parameters.value(2).b();
        if (type == TYPE_STATIC) {
            return fixed.map(pool -> new Asked(pool, pool.end()));
        }
        boolean known =
                lendable.stream().anyMatch(region -> region.base() == base && size > 0 && size <= region.size());
        return type == TYPE_LENT && known
                ? Optional.of(
                        new Asked(lent.computeIfAbsent(base, start -> SecurePool.lent(start, pages)), base + size))
                : Optional.empty();
    }

    private TeeResult free(TaParameters parameters) {
        long handle = parameters.value(0).a();
        Allocation allocation = allocations.get(handle);
        if (allocation == null) {
            return TeeResult.ITEM_NOT_FOUND;
        }
        try {
            allocation.pool().free(allocation.pieces());
        } catch (HeapException _) {
            parameters.value(1).set(Integer.toUnsignedLong(TeeResult.GENERIC.code()), 0);
            return TeeResult.SUCCESS;
        }
        allocations.remove(handle);
        parameters.value(1).set(0, 0);
        return TeeResult.SUCCESS;
    }

    private TeeResult retrieve(TaParameters parameters) {
        Allocation allocation = allocations.get(parameters.value(0).a());
        if (allocation == null) {
            return TeeResult.ITEM_NOT_FOUND;
        }
        TaMemory list = parameters.memory(1);
        var bytes = ByteBuffer.allocate(allocation.pieces().size() * RECORD).order(ByteOrder.LITTLE_ENDIAN);
        list.report(bytes.capacity());
        if (list.size() < bytes.capacity()) {
            return TeeResult.SHORT_BUFFER;
        }
        for (AddressRange piece : allocation.pieces()) {
            bytes.putLong(piece.base()).putInt((int) piece.size());
        }
        list.write(0, MemorySegment.ofArray(bytes.array()));
        return TeeResult.SUCCESS;
    }

    private TeeResult count(TaParameters parameters) {
        if (world.subRegions() == 0) {
            return TeeResult.NOT_SUPPORTED;
        }
        parameters.value(0).set(world.subRegions(), 0);
        return TeeResult.SUCCESS;
    }
}
