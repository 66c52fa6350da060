package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.PLUGIN_THREW;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong in the calls of a plain heap and its buffers. */
final class BufferKinds {
    private static final String BROKEN = "PLUGIN_FAILED";
    private static final String[] ALLOCATIONS = {"flags", "allocate", "again"};
    private static final String[] ACCESSES = {"write", "read"};

    private BufferKinds() {}

    static List<Kind> kinds() {
        var kinds = new ArrayList<Kind>();
        failing(kinds, "allocate", true, ALLOCATIONS);
        failing(kinds, "heapFlags", false, "flags");
        failing(kinds, "size", false, ALLOCATIONS);
        failing(kinds, "info", true, "buffer.info", "exportFd");
        failing(kinds, "map", true, ACCESSES);
        failing(kinds, "segment", true, ACCESSES);
        failing(kinds, "beginCpuAccess", false, ACCESSES);
        failing(kinds, "endCpuAccess", false, ACCESSES);
        failing(kinds, "awaitIdle", false, "awaitIdle");
        failing(kinds, "exportFence", true, "exportFence");
        failing(kinds, "accessList", true, "accessList");
        failing(kinds, "secureHandle", true, "secureHandle");
        failing(kinds, "exportFd", true, "exportFd");
        failing(kinds, "setName", false, "allocate");
        for (Misdeed misdeed : List.of(Misdeed.THROWS, Misdeed.THROWS_ERROR, Misdeed.THROWS_MUTE, Misdeed.RECURSES)) {
            for (String callback : List.of("release", "unmap")) {
                kinds.add(kind(
                        callback + "-" + misdeed.word(),
                        callback,
                        misdeed.statements,
                        Expected.reported(PLUGIN_THREW, "failed in " + callback)));
            }
        }
        kinds.add(blocking("allocate", Misdeed.BLOCKS, "flags"));
        kinds.add(blocking("allocate", Misdeed.SPINS, "flags"));
        kinds.add(blocking("release", Misdeed.BLOCKS, "flags"));
        kinds.add(blocking("map", Misdeed.BLOCKS, "write"));
        kinds.add(blocking("endCpuAccess", Misdeed.SPINS, "write"));
        kinds.add(blocking("exportFd", Misdeed.WAITS, "exportFd"));
        kinds.add(kind(
                "allocate-interrupts",
                "allocate",
                Misdeed.INTERRUPTS.statements,
                Expected.harmless().interrupting()));
        kinds.add(kind(
                "map-eats-memory",
                "map",
                Misdeed.EATS_MEMORY.statements,
                Expected.refused("OutOfMemoryError", ACCESSES)));
        kinds.add(kind(
                "allocate-refuses",
                "allocate",
                Misdeed.REFUSES.statements,
                Expected.refused("DEVICE_GONE", ALLOCATIONS)));
        kinds.addAll(lies());
        return kinds;
    }

    /** Two ways in which the callback throws, and null where it answers. */
    private static void failing(List<Kind> kinds, String callback, boolean answers, String... uses) {
        // In turn, as all say the same: what escapes a plugin is the plugin's failure.
        Misdeed[] turns = {
            Misdeed.THROWS,
            Misdeed.RECURSES,
            Misdeed.THROWS_ERROR,
            Misdeed.THROWS_MUTE,
            Misdeed.FAILS_TO_LINK,
            Misdeed.THROWS_CHECKED
        };
        var misdeeds = new ArrayList<>(List.of(turns[kinds.size() % 6], turns[(kinds.size() + 1) % 6]));
        if (answers) {
            misdeeds.add(Misdeed.ANSWERS_NULL);
        }
        for (Misdeed misdeed : misdeeds) {
            kinds.add(kind(
                    callback + "-" + misdeed.word(), callback, misdeed.statements, Expected.refused(BROKEN, uses)));
        }
    }

    private static Kind blocking(String callback, Misdeed misdeed, String use) {
        return kind(
                callback + "-" + misdeed.word(),
                callback,
                misdeed.statements,
                Expected.harmless().blocking(use));
    }

    private static List<Kind> lies() {
        return List.of(
                kind("size-smaller", "size", "if (Bad.ALWAYS) { return 4096; }", Expected.refused(BROKEN, ALLOCATIONS)),
                kind("size-zero", "size", "if (Bad.ALWAYS) { return 0; }", Expected.refused(BROKEN, ALLOCATIONS)),
                kind(
                        "size-negative",
                        "size",
                        "if (Bad.ALWAYS) { return -8192; }",
                        Expected.refused(BROKEN, ALLOCATIONS)),
                kind(
                        "size-no-pages",
                        "size",
                        "if (Bad.ALWAYS) { return 8193; }",
                        Expected.refused(BROKEN, ALLOCATIONS)),
                kind(
                        "size-of-the-address-space",
                        "size",
                        "if (Bad.ALWAYS) { return 1L << 62; }",
                        Expected.refused(BROKEN, ALLOCATIONS)),
                kind(
                        "size-of-a-tebibyte",
                        "size",
                        "if (Bad.ALWAYS) { return 1L << 40; }",
                        Expected.refused(BROKEN, ALLOCATIONS)),
                kind(
                        "release-twice",
                        "release",
                        "memory.release();",
                        Expected.reported(PLUGIN_THREW, "released again")),
                kind(
                        "segment-shorter",
                        "segment",
                        "if (Bad.ALWAYS) { return mapping.segment(scope).asSlice(0, 4096); }",
                        Expected.refused(BROKEN, ACCESSES)),
                kind(
                        "segment-read-only",
                        "segment",
                        "if (Bad.ALWAYS) { return mapping.segment(scope).asReadOnly(); }",
                        Expected.refused(BROKEN, ACCESSES)),
                kind(
                        "segment-dead",
                        "segment",
                        "if (Bad.ALWAYS) { try (Arena dead = Arena.ofConfined()) { return mapping.segment(dead); } }",
                        Expected.refused(BROKEN, ACCESSES)),
                kind(
                        "segment-for-ever",
                        "segment",
                        "if (Bad.ALWAYS) { return mapping.segment(Arena.global()); }",
                        Expected.refused(BROKEN, ACCESSES)),
                kind(
                        "segment-on-the-heap",
                        "segment",
                        "if (Bad.ALWAYS) { return MemorySegment.ofArray(new byte[8192]); }",
                        Expected.refused(BROKEN, ACCESSES)),
                kind(
                        "exportFd-closed",
                        "exportFd",
                        "if (Bad.ALWAYS) { DmaBufFd fd = memory.exportFd(); fd.close(); return fd; }",
                        Expected.refused(BROKEN, "exportFd")),
                // The one that it keeps is that of the first allocation.
                kind(
                        "allocate-gives-released-memory-again",
                        "allocate",
                        "if (kept != null) { return kept; } if (Bad.ALWAYS) { return kept = new Buffer(Provider.memory.allocate(request)); }",
                        Expected.refused(BROKEN, "allocate", "again")),
                kind(
                        "allocate-gives-platform-memory-again",
                        "allocate",
                        "if (kept != null) { return kept; } if (Bad.ALWAYS) { return kept = Provider.memory.allocate(request); }",
                        Expected.refused(BROKEN, "allocate", "again")),
                kind("heapFlags-all", "heapFlags", "if (Bad.ALWAYS) { return -1; }", Expected.harmless()),
                kind(
                        "heapFlags-none",
                        "heapFlags",
                        "if (Bad.ALWAYS) { return 0; }",
                        Expected.refused("INVALID_FLAGS", "flags")),
                kind(
                        "secureHandle-negative",
                        "secureHandle",
                        "if (Bad.ALWAYS) { return OptionalLong.of(-1); }",
                        Expected.harmless()),
                kind("awaitIdle-false", "awaitIdle", "if (Bad.ALWAYS) { return false; }", Expected.harmless()),
                kind(
                        "status-with-negative-totals",
                        "status",
                        "if (Bad.ALWAYS) { return new HeapStatus(Optional.empty(), HeapInfo.Openable.YES, OptionalLong.of(-5), OptionalLong.of(-1)); }",
                        Expected.reported(PLUGIN_THREW, "status")),
                kind(
                        "status-with-more-free-than-total",
                        "status",
                        "if (Bad.ALWAYS) { return new HeapStatus(Optional.empty(), HeapInfo.Openable.YES, OptionalLong.of(1), OptionalLong.of(9)); }",
                        Expected.reported(PLUGIN_THREW, "status")));
    }

    private static Kind kind(String name, String callback, String statements, Expected expected) {
        return new Kind(name, new Specimen(name).in(callback, statements), expected);
    }
}
