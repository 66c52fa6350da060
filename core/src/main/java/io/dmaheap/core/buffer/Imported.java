package io.dmaheap.core.buffer;

import io.dmaheap.Access;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Traits;
import io.dmaheap.core.life.End;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.Platform;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file descriptor of another process or program. Its end gives back what was taken, as far as it was taken. */
final class Imported extends End implements Source {
    static final int PAGE_SHIFT = 12;
    /** No processor that Linux runs on addresses more than 52 bits of physical memory. */
    private static final long LARGEST = 1L << 52;

    private final PlatformUse platformUse;
    private final Ledger ledger;
    private Traits traits = Traits.UNKNOWN;
    private Optional<String> heap = Optional.empty();
    private boolean usesPlatform;
    private @Nullable ImportedMemory memory;
    private boolean counted;
    private long pages;
    private long rest;

    Imported(PlatformUse platformUse, Ledger ledger) {
        this.platformUse = platformUse;
        this.ledger = ledger;
    }

    /**
     * Takes the descriptor in.
     *
     * @throws HeapException as {@link io.dmaheap.Heaps#importFd}
     */
    ImportedMemory take(Platform platform, int fd) {
        platformUse.retain();
        usesPlatform = true;
        ImportedMemory taken = platform.importFd(fd);
        memory = taken;
        long size = taken.size();
        if (size <= 0 || size > LARGEST) {
            throw HeapException.of(
                            ErrorCode.INVALID_SIZE,
                            "fd " + fd + " says that it has " + size
                                    + " bytes, which no memory has: at least 1 and at most " + LARGEST)
                    .operation("importFd")
                    .errno("EINVAL")
                    .hint("Whoever passed it does not tell the truth or has truncated it; `ls -lL /proc/"
                            + ProcessHandle.current().pid() + "/fd/" + fd + "` shows its size")
                    .build();
        }
        traits = taken.traits();
        heap = taken.heap();
        return taken;
    }

    /** A buffer of its own from now on. */
    void count(long size) {
        ledger.importedBuffers.increment();
        counted = true;
        ledger.importedPages.add(size >> PAGE_SHIFT);
        pages = size >> PAGE_SHIFT;
        ledger.importedRests.add(size & (1 << PAGE_SHIFT) - 1);
        rest = size & (1 << PAGE_SHIFT) - 1;
    }

    @Override
    public Optional<String> heap() {
        return heap;
    }

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public Optional<String> client() {
        return Optional.empty();
    }

    @Override
    public Access granted() {
        return Access.READ_WRITE;
    }

    /** The descriptor may be for reading only, and nothing can be mapped for writing only. */
    @Override
    public Access widest(Access access) {
        return access.writes() ? Access.READ_WRITE : Access.READ;
    }

    /** Its maker has exported it already. */
    @Override
    public Optional<String> exportObstacle() {
        return Optional.empty();
    }

    @Override
    public void free(Memory imported) {
        begin();
    }

    @Override
    protected void carryOut() {
        release();
        if (pages != 0) {
            ledger.importedPages.add(-pages);
            pages = 0;
        }
        if (rest != 0) {
            ledger.importedRests.add(-rest);
            rest = 0;
        }
        if (counted) {
            ledger.importedBuffers.decrement();
            counted = false;
        }
        if (usesPlatform) {
            usesPlatform = false;
            platformUse.release();
        }
    }

    /** What goes wrong is logged: the caller could do nothing about it. */
    private void release() {
        ImportedMemory gone = memory;
        if (gone == null) {
            return;
        }
        try {
            gone.release();
        } catch (StackOverflowError e) {
            requireRoom();
            failed(e);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
        memory = null;
    }

    private static void failed(Throwable e) {
        System.getLogger("io.dmaheap")
                .log(System.Logger.Level.ERROR, "the platform failed to release imported memory", e);
    }
}
