package io.dmaheap.core.fake;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.DeviceMapping;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.PlatformDevice;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A device that counts what it holds. */
public final class FakeDevice implements PlatformDevice {
    /** The attachments without a detach. */
    public final AtomicInteger attached = new AtomicInteger();
    /** The mappings that were not closed. */
    public final AtomicInteger mapped = new AtomicInteger();

    private final FakePlatform platform;

    FakeDevice(FakePlatform platform) {
        this.platform = platform;
    }

    @Override
    public String name() {
        return "codec";
    }

    @Override
    public String description() {
        return "a codec";
    }

    @Override
    public Constraints constraints() {
        return Constraints.NONE;
    }

    @Override
    public List<String> regions() {
        return List.of();
    }

    @Override
    public Answer canAccess(Memory memory, Access direction) {
        platform.faults.hit("canAccess");
        return Answer.of(memory instanceof FakeMemory);
    }

    @Override
    public void attach(Memory memory) {
        platform.faults.hit("attach");
        attached.incrementAndGet();
    }

    @Override
    public DeviceMapping map(Memory memory, Access direction) {
        platform.faults.hit("deviceMap");
        mapped.incrementAndGet();
        return new Mapped(direction);
    }

    @Override
    public void detach(Memory memory) {
        attached.decrementAndGet();
        platform.faults.hit("detach");
    }

    private final class Mapped implements DeviceMapping {
        private final Access direction;

        Mapped(Access direction) {
            this.direction = direction;
        }

        @Override
        public List<Segment> segments() {
            return List.of(new Segment(0x4000_0000, 4096));
        }

        @Override
        public Access direction() {
            return direction;
        }

        @Override
        public void read(long offset, MemorySegment into) {
            platform.faults.hit("deviceRead");
        }

        @Override
        public void write(long offset, MemorySegment from) {
            platform.faults.hit("deviceWrite");
        }

        @Override
        public void close() {
            mapped.decrementAndGet();
            platform.faults.hit("deviceUnmap");
        }
    }
}
