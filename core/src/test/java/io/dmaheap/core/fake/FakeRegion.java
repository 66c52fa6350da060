package io.dmaheap.core.fake;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import java.util.Optional;

/**
 * A region of the fake platform, whose memory only the decoder may touch.
 *
 * @param platform which makes the memory
 * @param name its name
 */
public record FakeRegion(FakePlatform platform, String name) implements MemoryRegion {

    @Override
    public Kind kind() {
        return Kind.CARVEOUT;
    }

    @Override
    public long base() {
        return 0x10000;
    }

    @Override
    public long size() {
        return 0x100000;
    }

    @Override
    public String compatible() {
        return "";
    }

    @Override
    public Memory take(long offset, AllocationRequest request) {
        return new ForwardingMemory(platform.memory(request.size())) {
            @Override
            public Memory backing() {
                return this;
            }

            @Override
            public Optional<AccessList> accessList() {
                return Optional.of(AccessList.of("decoder", Access.READ_WRITE));
            }
        };
    }
}
