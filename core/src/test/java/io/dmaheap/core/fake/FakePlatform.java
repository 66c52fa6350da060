package io.dmaheap.core.fake;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AccessList;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.FdListener;
import io.dmaheap.spi.FdSocket;
import io.dmaheap.spi.ImportedMemory;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryFirewall;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformDevice;
import io.dmaheap.spi.PlatformTee;
import io.dmaheap.spi.PlatformWatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A platform whose descriptors are numbers in a table. */
public class FakePlatform implements Platform {
    /** The memory that nobody has released. */
    public final AtomicInteger memories = new AtomicInteger();
    /** The mappings that nobody has removed. */
    public final AtomicInteger mappings = new AtomicInteger();
    /** The begins without an end. */
    public final AtomicInteger brackets = new AtomicInteger();
    /** How often the platform was closed. */
    public final AtomicInteger closed = new AtomicInteger();
    /** What the memory available is. */
    public final AtomicLong available = new AtomicLong(1L << 40);
    /** How often somebody asked for it. */
    public final AtomicInteger readings = new AtomicInteger();

    /** What fails, and what was called. */
    public final Faults faults = new Faults();
    /** The breaches of the contract by the framework. */
    final Queue<String> violations = new ConcurrentLinkedQueue<>();

    /** The sockets and listeners that nobody has closed. */
    public final AtomicInteger sockets = new AtomicInteger();

    /** Whether its memory has fences. */
    public volatile boolean fenced;
    /** The fences that were not closed. */
    public final AtomicInteger fences = new AtomicInteger();

    /** The names of the kernel's heaps. */
    public final List<String> kernelHeaps = new CopyOnWriteArrayList<>();

    /** Its regions. */
    public final List<MemoryRegion> regions = new CopyOnWriteArrayList<>();
    /** Whether it has a firewall. */
    public volatile boolean firewalled;

    /** The only device. */
    public final FakeDevice device = new FakeDevice(this);

    /** The only TEE. */
    public final FakeTee tee = new FakeTee(this);

    /** Those who want to know when it gains something. */
    public final List<Runnable> watchers = new CopyOnWriteArrayList<>();

    private final Map<Integer, Opened> fds = new ConcurrentHashMap<>();
    private final AtomicInteger nextFd = new AtomicInteger(3);
    private final AtomicLong nextInode = new AtomicLong(100);

    private volatile FakeSocket.@Nullable Listener listener;

    private record Opened(long inode, long size) {}

    /** New memory, as a plugin would take it. */
    public FakeMemory memory(long size) {
        return new FakeMemory(this, nextInode.incrementAndGet(), size);
    }

    /** A descriptor of a buffer that somebody else made. */
    public int foreignFd(long size) {
        int fd = nextFd.incrementAndGet();
        fds.put(fd, new Opened(nextInode.incrementAndGet(), size));
        return fd;
    }

    /** A descriptor of a buffer that has no identity. */
    public int anonymousFd(long size) {
        int fd = nextFd.incrementAndGet();
        fds.put(fd, new Opened(0, size));
        return fd;
    }

    /** A descriptor of a buffer that was not exported, as its number in {@code /proc} is. */
    public int ownFd(FakeMemory memory) {
        return newFd(memory).release();
    }

    DmaBufFd newFd(FakeMemory memory) {
        int fd = nextFd.incrementAndGet();
        fds.put(fd, new Opened(memory.inode, memory.size()));
        return new DmaBufFd(fd, this::closeFd);
    }

    /** A descriptor of something that is no buffer. */
    DmaBufFd newFd() {
        return new DmaBufFd(anonymousFd(0), this::closeFd);
    }

    DmaBufFd duplicate(DmaBufFd of) {
        int fd = nextFd.incrementAndGet();
        fds.put(fd, fds.get(of.number()));
        return new DmaBufFd(fd, this::closeFd);
    }

    /** Closes a descriptor, which must be open. */
    public void closeFd(int fd) {
        if (fds.remove(fd) == null) {
            violations.add("closed fd " + fd + ", which is not open");
        }
    }

    /** The open descriptors. */
    public int fds() {
        return fds.size();
    }

    @Override
    public List<MemoryRegion> regions() {
        return regions;
    }

    @Override
    public Optional<MemoryFirewall> firewall() {
        return firewalled ? Optional.of(new FakeFirewall()) : Optional.empty();
    }

    private static final class FakeFirewall implements MemoryFirewall {
        @Override
        public void restrict(PhysicalRange range, AccessList allowed) {}

        @Override
        public void unrestrict(PhysicalRange range) {}
    }

    @Override
    public List<KernelHeap> kernelHeaps() {
        return kernelHeaps.stream().<KernelHeap>map(FakeKernelHeap::new).toList();
    }

    private final class FakeKernelHeap implements KernelHeap {
        private final String name;

        FakeKernelHeap(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Memory allocate(AllocationRequest request) {
            return memory(request.size());
        }
    }

    @Override
    public ImportedMemory importFd(int fd) {
        faults.hit("importFd");
        Opened opened = fds.get(fd);
        if (opened == null) {
            throw HeapException.of(ErrorCode.NOT_A_DMA_BUF, "fd " + fd + " is closed")
                    .errno("EBADF")
                    .hint("Pass an open descriptor")
                    .build();
        }
        return new FakeMemory(this, opened.inode(), opened.size());
    }

    @Override
    public FdListener listen(Path socket) {
        faults.hit("listen");
        var made = new FakeSocket.Listener(this);
        listener = made;
        return made;
    }

    @Override
    public FdSocket connect(Path socket) {
        faults.hit("connect");
        var present = listener;
        if (present == null) {
            throw FakeSocket.Listener.refused();
        }
        return present.connect();
    }

    @Override
    public PlatformWatch watch(Runnable gained) {
        faults.hit("watch");
        watchers.add(gained);
        return () -> watchers.remove(gained);
    }

    /** Tells whoever watches that there may be more now. */
    public void gain() {
        watchers.forEach(Runnable::run);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public List<PlatformDevice> devices() {
        return List.of(device);
    }

    @Override
    public List<PlatformTee> tees() {
        return List.of(tee);
    }

    @Override
    public long availableMemory() {
        readings.incrementAndGet();
        faults.hit("availableMemory");
        return available.get();
    }

    /** Set by a test in which it is not the machine. */
    public volatile Optional<String> memoryLimit = Optional.empty();

    @Override
    public Optional<String> memoryLimit() {
        return memoryLimit;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }

    /** Nothing is held, and the framework kept to the contract. */
    public void assertNothingHeld() {
        assertThat(violations).as("breaches by the framework").isEmpty();
        assertThat(brackets).as("begins without an end").hasValue(0);
        assertThat(mappings).as("mappings").hasValue(0);
        assertThat(device.attached).as("attachments").hasValue(0);
        assertThat(device.mapped).as("mappings of the device").hasValue(0);
        assertThat(tee.open).as("what is open of the TEE").hasValue(0);
        assertThat(memories).as("memories").hasValue(0);
        assertThat(sockets).as("sockets").hasValue(0);
        assertThat(fences).as("fences").hasValue(0);
        assertThat(watchers).as("watchers").isEmpty();
        assertThat(fds.keySet()).as("file descriptors").isEmpty();
    }
}
