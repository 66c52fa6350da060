package io.dmaheap.linux;

import io.dmaheap.BufferHolder;
import io.dmaheap.MemoryMap;
import io.dmaheap.Problem;
import io.dmaheap.linux.dmabuf.DmaBufImport;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.proc.AvailableMemory;
import io.dmaheap.linux.proc.CmaPools;
import io.dmaheap.linux.proc.Holders;
import io.dmaheap.linux.proc.KernelMemory;
import io.dmaheap.linux.socket.SeqpacketListener;
import io.dmaheap.linux.socket.SeqpacketSocket;
import io.dmaheap.linux.tee.TeeNode;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.PlatformWatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel that this process runs on. Holds nothing itself: each heap holds its node, each buffer its descriptor, each watch its share
 * of an inotify instance.
 */
final class LinuxPlatform implements Platform {
    private final Libc libc;
    private final Path root;
    private final int pageSize;
    private final CmaPools pools;
    private final HeapArrivals arrivals;

    LinuxPlatform(Libc libc, Path root) {
        this.libc = libc;
        this.root = root;
        this.pageSize = libc.pageSize();
        this.pools = new CmaPools(root, pageSize);
        this.arrivals = new HeapArrivals(libc, root);
    }

    @Override
    public String name() {
        return LinuxPlatformProvider.NAME;
    }

    @Override
    public int pageSize() {
        return pageSize;
    }

    @Override
    public long availableMemory() {
        return AvailableMemory.forHeaps(libc, root).now();
    }

    @Override
    public Optional<String> memoryLimit() {
        return AvailableMemory.forHeaps(libc, root).limit().map(Object::toString);
    }

    @Override
    public List<KernelHeap> kernelHeaps() {
        return arrivals.nodes().stream()
                .<KernelHeap>map(path -> new KernelHeapNode(libc, new HeapNode(path, root), pools, pageSize))
                .toList();
    }

    @Override
    public Optional<HeapOps> udmabufMemory() {
        return new UdmabufNode(root).exists() ? Optional.of(new UdmabufHeap(libc, root)) : Optional.empty();
    }

    /** Links to the nodes of heaps, and second nodes of one heap. */
    @Override
    public Map<String, String> heapAliases() {
        return HeapDirectory.below(root).aliases(libc);
    }

    /** Of a kernel heap, whose driver may be loaded late or be a TEE's that answers late. */
    @Override
    public PlatformWatch watch(Runnable gained) {
        return arrivals.listen(gained);
    }

    @Override
    public List<Problem> problems() {
        return arrivals.problems();
    }

    @Override
    public List<PlatformTee> tees() {
        return TeeNode.below(root, libc);
    }

    @Override
    public MemoryMap memoryMap() {
        return new KernelMemory(root, pools).map();
    }

    @Override
    public ImportedMemory importFd(int fd) {
        return DmaBufImport.importFd(libc, fd);
    }

    @Override
    public FdListener listen(Path socket) {
        return SeqpacketListener.bind(libc, socket);
    }

    @Override
    public FdSocket connect(Path socket) {
        return SeqpacketSocket.connect(libc, socket);
    }

    @Override
    public FdSocket socketOf(int fd) {
        return SeqpacketSocket.of(libc, fd);
    }

    @Override
    public List<BufferHolder> holders() {
        return Holders.list(libc);
    }

    @Override
    public void close() {}
}
