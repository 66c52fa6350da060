package io.dmaheap.testkit.fake;

import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Platform;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A platform that has what a test says it has.
 *
 * @param kernelHeaps the heaps of its kernel
 * @param systemMemory what it offers where there is no kernel heap for it
 * @param udmabufMemory what it makes of memory files
 */
public record FakePlatform(
        List<KernelHeap> kernelHeaps, Optional<HeapOps> systemMemory, Optional<HeapOps> udmabufMemory)
        implements Platform {

    /** Copies the list. */
    public FakePlatform {
        kernelHeaps = List.copyOf(kernelHeaps);
    }

    /** A platform without udmabuf. */
    public FakePlatform(List<KernelHeap> kernelHeaps, Optional<HeapOps> systemMemory) {
        this(kernelHeaps, systemMemory, Optional.empty());
    }

    /** A platform whose kernel has heaps of these names, like a board. */
    public static FakePlatform withKernelHeaps(String... names) {
        return new FakePlatform(Stream.of(names).<KernelHeap>map(FakeHeap::new).toList(), Optional.empty());
    }

    /** A platform without a kernel, with page-scattered memory of its own, like a laptop. */
    public static FakePlatform withSystemMemory() {
        return new FakePlatform(List.of(), Optional.of(new FakeHeap("system memory")));
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public long availableMemory() {
        return Runtime.getRuntime().maxMemory();
    }

    @Override
    public void close() {}
}
