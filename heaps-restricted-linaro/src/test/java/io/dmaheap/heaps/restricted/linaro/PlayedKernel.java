package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryInfo;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import io.dmaheap.spi.PlatformTee;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A kernel whose protected heap has room for one buffer, and keeps it as long as somebody has a descriptor of it: the one behind the
 * buffer, or one that was exported. What is written there stays until it is overwritten.
 */
final class PlayedKernel implements Platform, PlatformProvider, KernelHeap {
    /** What the application leaves. */
    static final String OVERWRITTEN = "overwritten";

    private static final long INODE = 42;

    private final PlayedTee tee = new PlayedTee(_ -> contents = OVERWRITTEN);
    private String contents = "of another process";
    private int descriptors;
    private boolean teePresent = true;

    void setTeePresent(boolean now) {
        teePresent = now;
    }

    PlayedTee tee() {
        return tee;
    }

    String contents() {
        return contents;
    }

    /** As a device does. */
    void write(String now) {
        contents = now;
    }

    /** Those that keep the buffer allocated. */
    int descriptors() {
        return descriptors;
    }

    @Override
    public String name() {
        return "protected,secure-video";
    }

    @Override
    public Suitability suitability() {
        return new Suitability(true, 0, "it is played");
    }

    @Override
    public Platform open(Map<String, String> configuration) {
        return this;
    }

    @Override
    public long availableMemory() {
        return Long.MAX_VALUE;
    }

    @Override
    public List<KernelHeap> kernelHeaps() {
        return List.of(this);
    }

    @Override
    public List<PlatformTee> tees() {
        return teePresent ? List.of(tee) : List.of();
    }

    @Override
    public Memory allocate(AllocationRequest request) {
        if (descriptors > 0) {
            throw new IllegalStateException("there is room for one buffer");
        }
        return new Buffer(request.size());
    }

    @Override
    public void close() {}

    private DmaBufFd descriptor() {
        descriptors++;
        return new DmaBufFd(descriptors, _ -> descriptors--);
    }

    private final class Buffer implements Memory {
        private final long size;
        private final DmaBufFd own = descriptor();

        Buffer(long size) {
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public MemoryInfo info() {
            return new MemoryInfo(Descriptor.DMA_BUF, 1, INODE, Optional.of("tee"), Optional.empty());
        }

        @Override
        public DmaBufFd exportFd() {
            return descriptor();
        }

        @Override
        public void release() {
            own.close();
        }
    }
}
