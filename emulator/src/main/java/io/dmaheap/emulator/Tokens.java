package io.dmaheap.emulator;

import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.spi.Memory;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The descriptors that stand for protected memory. Memory that was quarantined is never released and keeps its own until the machine
 * is switched off.
 */
final class Tokens implements AutoCloseable {
    private final Host host;
    private final Set<Memory> open = ConcurrentHashMap.newKeySet();

    Tokens(Host host) {
        this.host = host;
    }

    /** What kind of descriptor there is. */
    Descriptor descriptor() {
        return host.memfds().isPresent() ? Descriptor.TOKEN : Descriptor.NONE;
    }

    /** A token of so many bytes. */
    Memory open(String owner, long size, Optional<String> label) {
        Memory token = host.closedToTheCpu(owner, size, label);
        open.add(token);
        return token;
    }

    void close(Memory token) {
        open.remove(token);
        token.release();
    }

    @Override
    public void close() {
        open.forEach(this::close);
    }
}
