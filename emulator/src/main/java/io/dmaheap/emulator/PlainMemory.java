package io.dmaheap.emulator;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.OneShotMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Memory of the JVM, for hosts without memfds. It has no file descriptor, so nobody outside this process ever sees it. */
final class PlainMemory extends OneShotMemory {
    private static final long ALIGNMENT = 4096;
    private static final String OPTION =
            "Start java with --enable-native-access=io.dmaheap.emulator, or ALL-UNNAMED on the class path";

    private final Arena arena;
    private final MemorySegment bytes;
    private final Release release = new Release();
    private volatile @Nullable String label;

    private PlainMemory(Arena arena, MemorySegment bytes) {
        this.arena = arena;
        this.bytes = bytes;
    }

    /**
     * Why there can be no such memory here, with what to do; empty if there can. Found out by use, which gives native access to code on the
     * class path unless java was started to deny it: asked when the memory is needed, and not to judge.
     */
    static Optional<String> obstacle() {
        try {
            // Every access needs a view of its own with a lifetime of its own, which the JDK counts as native access.
            MemorySegment.NULL.reinterpret(0);
            return Optional.empty();
        } catch (IllegalCallerException e) {
            return Optional.of(e.getMessage() + ". " + OPTION);
        }
    }

    /** What java does at the first use for want of an option, with the option; empty if it has that. */
    static Optional<String> warning() {
        return PlainMemory.class.getModule().isNativeAccessEnabled()
                ? Optional.empty()
                : Optional.of(OPTION + ": without it java warns when the first memory is taken, and refuses with"
                        + " --illegal-native-access=deny");
    }

    /**
     * Takes zeroed memory.
     *
     * @throws HeapException {@link ErrorCode#OUT_OF_MEMORY} if the JVM gives none
     */
    static PlainMemory allocate(long size) {
        var arena = Arena.ofShared();
        try {
            return new PlainMemory(arena, arena.allocate(size, ALIGNMENT));
        } catch (OutOfMemoryError e) {
            arena.close();
            throw HeapException.of(ErrorCode.OUT_OF_MEMORY, "the JVM has no " + size + " bytes outside its heap")
                    .errno("ENOMEM")
                    .hint("Raise -XX:MaxDirectMemorySize, or close buffers")
                    .cause(e)
                    .build();
        }
    }

    @Override
    public long size() {
        return bytes.byteSize();
    }

    @Override
    public void release() {
        if (release.begin(this)) {
            arena.close();
        } else {
            releasedAgain();
        }
    }

    @Override
    public MemoryInfo info() {
        release.checkNotDone();
        return new MemoryInfo(MemoryInfo.NONE.descriptor(), 0, 0, Optional.empty(), Optional.ofNullable(label));
    }

    @Override
    public void setName(String name) {
        release.checkNotDone();
        label = name;
    }

    /** Costs nothing: the memory is in this process already. */
    @Override
    public Mapping map(Access access) {
        release.checkNotDone();
        return new Mapping() {
            @Override
            public MemorySegment segment(Arena scope) {
                release.checkNotDone();
                return MemorySegment.ofAddress(bytes.address()).reinterpret(bytes.byteSize(), scope, null);
            }

            @Override
            public void unmap() {}
        };
    }

    @Override
    public String toString() {
        return "memory of " + size() + " bytes";
    }
}
