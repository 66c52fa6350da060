package io.dmaheap.emulator;

import io.dmaheap.AccessList;
import io.dmaheap.DmaBufFd;
import io.dmaheap.emulator.bus.Contents;
import io.dmaheap.emulator.bus.Firewall;
import io.dmaheap.emulator.bus.ScatterList;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.memory.PhysicalMemory;
import io.dmaheap.emulator.memory.SecureStore;
import io.dmaheap.emulator.memory.StoredContents;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.OneShotMemory;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Memory that the CPU cannot touch. There is nothing in it that could be mapped: its bytes are in the machine's {@link SecureStore},
 * and its descriptor, made when somebody first asks for one, is a token.
 */
final class ProtectedMemory extends OneShotMemory implements BoardMemory {
    private final String owner;
    private final List<AddressRange> ranges;
    private final long size;
    private final PhysicalMemory physical;
    private final SecureStore store;
    private final Firewall firewall;
    private final Tokens tokens;
    private final Release release = new Release();
    /** Guarded by this. */
    private @Nullable Memory token;
    /** Guarded by this. */
    private @Nullable String label;

    /** Memory in these ranges, which are taken. */
    ProtectedMemory(
            String owner,
            List<AddressRange> ranges,
            PhysicalMemory physical,
            SecureStore store,
            Firewall firewall,
            Tokens tokens) {
        this.owner = owner;
        this.ranges = List.copyOf(ranges);
        this.size = ranges.stream().mapToLong(AddressRange::size).sum();
        this.physical = physical;
        this.store = store;
        this.firewall = firewall;
        this.tokens = tokens;
    }

    @Override
    public long size() {
        return size;
    }

    /** Where it is, or was: the places never change. */
    @Override
    public ScatterList addresses() {
        return new ScatterList(ranges);
    }

    @Override
    public boolean isBehind(Firewall other) {
        return firewall == other;
    }

    @Override
    public Contents contents() {
        release.checkNotDone();
        return new StoredContents(store, ranges);
    }

    @Override
    public Optional<AccessList> accessList() {
        release.checkNotDone();
        return firewall.accessList(ranges);
    }

    /** Without an identity until there is a descriptor: asking costs none. */
    @Override
    public synchronized MemoryInfo info() {
        release.checkNotDone();
        return token != null
                ? token.info()
                : new MemoryInfo(tokens.descriptor(), 0, 0, Optional.empty(), Optional.ofNullable(label));
    }

    @Override
    public synchronized DmaBufFd exportFd() {
        release.checkNotDone();
        if (token == null) {
            token = tokens.open(owner, size, Optional.ofNullable(label));
        }
        return token.exportFd();
    }

    @Override
    public synchronized void setName(String name) {
        release.checkNotDone();
        label = name;
        if (token != null) {
            token.setName(name);
        }
    }

    @Override
    public void release() {
        if (!release.begin(this)) {
            releasedAgain();
            return;
        }
        synchronized (this) {
            if (token != null) {
                tokens.close(token);
            }
        }
        ranges.forEach(physical::giveBack);
    }

    @Override
    public String toString() {
        return "protected memory of " + size + " bytes in " + ranges;
    }
}
