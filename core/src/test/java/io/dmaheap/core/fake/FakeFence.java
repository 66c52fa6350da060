package io.dmaheap.core.fake;

import io.dmaheap.DmaBufFd;
import io.dmaheap.Fence;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A fence that has signalled. */
final class FakeFence implements Fence {
    private final FakePlatform platform;
    private final AtomicBoolean closed = new AtomicBoolean();

    FakeFence(FakePlatform platform) {
        this.platform = platform;
        platform.fences.incrementAndGet();
    }

    @Override
    public State state() {
        return State.SIGNALED;
    }

    @Override
    public boolean await(Duration timeout) {
        return true;
    }

    @Override
    public Fence merge(Fence other) {
        platform.faults.hit("merge");
        if (!(other instanceof FakeFence)) {
            platform.violations.add("merged with a fence of another platform");
        }
        return new FakeFence(platform);
    }

    @Override
    public DmaBufFd exportFd() {
        platform.faults.hit("exportFenceFd");
        return platform.newFd();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            platform.fences.decrementAndGet();
        } else {
            platform.violations.add("closed a fence twice");
        }
    }
}
