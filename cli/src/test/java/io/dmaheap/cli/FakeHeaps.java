package io.dmaheap.cli;

import io.dmaheap.BufferHolder;
import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.Choice;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryMap;
import io.dmaheap.Need;
import io.dmaheap.PlatformInfo;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.Usage;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Heaps that say what a test wants; one that is not overridden has nothing. */
class FakeHeaps implements Heaps {
    @Override
    public PlatformInfo platform() {
        return new PlatformInfo("fake", "made up by a test");
    }

    @Override
    public Optional<Heap> find(String name) {
        return Optional.empty();
    }

    @Override
    public Heap heap(String name) {
        return find(name)
                .orElseThrow(() -> HeapException.of(ErrorCode.HEAP_NOT_FOUND, "there is no heap " + name)
                        .build());
    }

    @Override
    public Heap await(String name, Duration timeout) {
        throw HeapException.of(ErrorCode.TIMED_OUT, "no plugin brought it").build();
    }

    @Override
    public Choice choose(Need need) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MemoryMap memoryMap() {
        return new MemoryMap("fake", List.of(), List.of(), List.of(), List.of());
    }

    @Override
    public List<HeapInfo> heaps() {
        return List.of();
    }

    @Override
    public List<TeeInfo> tees() {
        return List.of();
    }

    @Override
    public Tee openTee(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<DeviceInfo> devices() {
        return List.of();
    }

    @Override
    public Optional<Device> device(String name) {
        return Optional.empty();
    }

    @Override
    public List<PluginInfo> plugins() {
        return List.of();
    }

    @Override
    public List<Problem> problems() {
        return List.of();
    }

    @Override
    public DmaBuf importFd(int fd) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BufferListener listen(Path socket) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BufferSocket connect(Path socket) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BufferSocket socketOf(int fd) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<BufferHolder> holders() {
        return List.of();
    }

    @Override
    public Usage usage() {
        return Usage.NONE;
    }

    @Override
    public void close() {}
}
