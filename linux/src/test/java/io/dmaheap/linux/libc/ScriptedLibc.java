package io.dmaheap.linux.libc;

import io.dmaheap.linux.dmabuf.Udmabuf;
import io.dmaheap.linux.uapi.DmaBufHeader;
import io.dmaheap.linux.uapi.DmaHeapHeader;
import io.dmaheap.linux.uapi.SyncFileHeader;
import io.dmaheap.linux.uapi.UdmabufHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The C library with a heap driver made of memfds, which fails on demand and knows what is open.
 *
 * <p>Calls on files, memory and sockets are real. What needs a driver (heaps, dma-bufs, udmabuf, sync_files) is answered as the
 * kernel would, with memfds behind it. Each call has a name, such as {@code mmap} or {@code DMA_HEAP_IOCTL_ALLOC}.
 */
public final class ScriptedLibc implements Libc {
    private static final Map<Long, String> IOCTLS = Map.of(
            DmaHeapHeader.DMA_HEAP_IOCTL_ALLOC, "DMA_HEAP_IOCTL_ALLOC",
            DmaBufHeader.DMA_BUF_IOCTL_SYNC, "DMA_BUF_IOCTL_SYNC",
            DmaBufHeader.DMA_BUF_SET_NAME_B, "DMA_BUF_SET_NAME_B",
            DmaBufHeader.DMA_BUF_IOCTL_EXPORT_SYNC_FILE, "DMA_BUF_IOCTL_EXPORT_SYNC_FILE",
            DmaBufHeader.DMA_BUF_IOCTL_IMPORT_SYNC_FILE, "DMA_BUF_IOCTL_IMPORT_SYNC_FILE",
            UdmabufHeader.UDMABUF_CREATE, "UDMABUF_CREATE",
            SyncFileHeader.SYNC_IOC_MERGE, "SYNC_IOC_MERGE",
            SyncFileHeader.SYNC_IOC_FILE_INFO, "SYNC_IOC_FILE_INFO");

    /** Those that answer with a descriptor in their argument. */
    private static final Set<String> BRINGING =
            Set.of("DMA_HEAP_IOCTL_ALLOC", "DMA_BUF_IOCTL_EXPORT_SYNC_FILE", "SYNC_IOC_MERGE");

    private static final String FD = "/proc/self/fd/";
    private static final String FDINFO = "/proc/self/fdinfo/";

    /** The TEE behind every node. */
    public final ScriptedTee tee = new ScriptedTee();

    private final Libc real = NativeAccess.libc();
    private final Map<Integer, Integer> byPosition = new HashMap<>();
    private final Map<String, List<Integer>> byName = new HashMap<>();
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final Set<Integer> fds = new ConcurrentSkipListSet<>();
    private final Set<Integer> dmaBufs = new ConcurrentSkipListSet<>();
    private final Set<Long> mappings = new ConcurrentSkipListSet<>();
    private final List<String> names = new ArrayList<>();
    private final List<Long> syncs = new ArrayList<>();
    private Runnable afterwards = () -> {};
    private Runnable beforeNext = () -> {};
    private boolean hasUdmabuf;
    private int fenceStatus = 1;
    private long lastLength;
    private int lastFdFlags;
    private int lastFdField;
    private long lastHeapFlags;

    /** Lets the call at a position, counted from 0, fail. */
    public ScriptedLibc failAt(int position, int errno) {
        byPosition.put(position, errno);
        return this;
    }

    /** Lets the next calls of a name fail, one errno each; 0 lets one pass. */
    public ScriptedLibc fail(String call, int... errnos) {
        List<Integer> script = byName.computeIfAbsent(call, _ -> new ArrayList<>());
        for (int errno : errnos) {
            script.add(errno);
        }
        return this;
    }

    /** Lets opening a path fail, as the kernel does before udev has set the permissions of a node; 0 ends that. */
    public ScriptedLibc refuse(String path, int errno) {
        refused.put(path, errno);
        return this;
    }

    /** Lets something happen before the next ioctl of a name reaches the driver. */
    public ScriptedLibc before(String call, Runnable action) {
        before.put(call, action);
        return this;
    }

    /**
     * Runs something at the very end of each call that brings a descriptor, a mapping or a session, when the caller owns it already but does
     * not know yet; and something at the beginning of each call.
     */
    public ScriptedLibc afterEachGain(Runnable afterwards, Runnable beforeNext) {
        this.afterwards = afterwards;
        this.beforeNext = beforeNext;
        return this;
    }

    private int gained(int result) {
        if (result >= 0) {
            afterwards.run();
        }
        return result;
    }

    /** What {@code SYNC_IOC_FILE_INFO} tells of every fence. */
    public ScriptedLibc fencesAre(int status) {
        fenceStatus = status;
        return this;
    }

    /** Lets {@code /dev/udmabuf} be opened, whatever this machine has. */
    public ScriptedLibc withUdmabuf() {
        hasUdmabuf = true;
        return this;
    }

    /** Makes a dma-buf that some other exporter gave out. */
    public int foreignDmaBuf(long size) {
        int fd = real.memfdCreate("foreign", FileStructs.MFD_CLOEXEC | FileStructs.MFD_ALLOW_SEALING);
        real.ftruncate(fd, size);
        fds.add(fd);
        dmaBufs.add(fd);
        return fd;
    }

    /** Counts a descriptor that arrived in a message. */
    public void adopt(int fd) {
        fds.add(fd);
    }

    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    public synchronized long count(String call) {
        return calls.stream().filter(call::equals).count();
    }

    /** Descriptors that are open, and mappings that exist. */
    public Set<Object> held() {
        var held = new java.util.HashSet<Object>();
        fds.forEach(fd -> held.add("fd " + fd));
        mappings.forEach(address -> held.add("mapping at " + Long.toHexString(address)));
        return held;
    }

    public Set<Integer> openFds() {
        return new TreeSet<>(fds);
    }

    public List<String> names() {
        return names;
    }

    public List<Long> syncs() {
        return syncs;
    }

    public long lastLength() {
        return lastLength;
    }

    public int lastFdFlags() {
        return lastFdFlags;
    }

    public int lastFdField() {
        return lastFdField;
    }

    public long lastHeapFlags() {
        return lastHeapFlags;
    }

    private synchronized int step(String call) {
        beforeNext.run();
        int position = calls.size();
        calls.add(call);
        Integer errno = byPosition.get(position);
        List<Integer> script = byName.getOrDefault(call, List.of());
        if (errno == null && !script.isEmpty()) {
            errno = script.removeFirst();
        }
        return errno == null ? 0 : -errno;
    }

    private int opened(int fd) {
        if (fd >= 0) {
            fds.add(fd);
        }
        return fd;
    }

    @Override
    public int open(String path, int flags) {
        int failure = step("open");
        if (failure < 0) {
            return failure;
        }
        int refusal = refused.getOrDefault(path, 0);
        if (refusal != 0) {
            return -refusal;
        }
        if (path.equals(Udmabuf.NODE)) {
            return hasUdmabuf ? gained(opened(real.open("/dev/null", flags))) : -Errno.ENOENT;
        }
        if (path.startsWith(FDINFO) && dmaBufs.contains(Integer.valueOf(path.substring(FDINFO.length())))) {
            return gained(opened(fdInfo()));
        }
        return gained(opened(real.open(path, flags)));
    }

    /** What the kernel tells of a dma-buf. */
    private int fdInfo() {
        int file = real.memfdCreate("fdinfo", FileStructs.MFD_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            real.write(file, arena.allocateFrom("flags:\t02\nsize:\t4096\nexp_name:\tforeign\n"));
            real.lseek(file, 0, FileStructs.SEEK_SET);
        }
        return file;
    }

    @Override
    public long readlink(String path, MemorySegment into) {
        int failure = step("readlink");
        if (failure < 0) {
            return failure;
        }
        if (path.startsWith(FD) && dmaBufs.contains(Integer.valueOf(path.substring(FD.length())))) {
            into.setString(0, "/dmabuf:");
            return "/dmabuf:".length();
        }
        return real.readlink(path, into);
    }

    @Override
    public long write(int fd, MemorySegment from) {
        int failure = step("write");
        return failure < 0 ? failure : real.write(fd, from);
    }

    @Override
    public int epollCreate1(int flags) {
        int failure = step("epoll_create1");
        return failure < 0 ? failure : gained(opened(real.epollCreate1(flags)));
    }

    @Override
    public int epollCtl(int epoll, int operation, int fd, MemorySegment event) {
        int failure = step("epoll_ctl");
        return failure < 0 ? failure : real.epollCtl(epoll, operation, fd, event);
    }

    @Override
    public int epollWait(int epoll, MemorySegment events, int count, int timeoutMillis) {
        int failure = step("epoll_wait");
        return failure < 0 ? failure : real.epollWait(epoll, events, count, timeoutMillis);
    }

    @Override
    public int eventfd(int initial, int flags) {
        int failure = step("eventfd");
        return failure < 0 ? failure : gained(opened(real.eventfd(initial, flags)));
    }

    /** Closes in any case, as Linux does. */
    @Override
    public int close(int fd) {
        int failure = step("close");
        fds.remove(fd);
        dmaBufs.remove(fd);
        tee.closed(fd);
        int result = real.close(fd);
        return failure < 0 ? failure : result;
    }

    @Override
    public long read(int fd, MemorySegment into) {
        int failure = step("read");
        return failure < 0 ? failure : real.read(fd, into);
    }

    @Override
    public int ioctl(int fd, long request, MemorySegment argument) {
        beforeNext.run();
        String name = IOCTLS.getOrDefault(
                request, ScriptedTee.IOCTLS.getOrDefault(request, "ioctl " + Long.toHexString(request)));
        Optional.ofNullable(before.remove(name)).ifPresent(Runnable::run);
        int failure = step(name);
        if (failure < 0) {
            return failure;
        }
        if (name.startsWith("TEE_IOC_SHM_")) {
            int shared = opened(real.memfdCreate("tee_shm", 0));
            real.ftruncate(shared, 1 << 20);
            return gained(tee.answer(name, fd, argument, shared));
        }
        if (name.startsWith("TEE_IOC_")) {
            int answer = tee.answer(name, fd, argument, 0);
            return name.equals("TEE_IOC_OPEN_SESSION") ? gained(answer) : answer;
        }
        switch (name) {
            case "DMA_HEAP_IOCTL_ALLOC" -> {
                lastLength = (long) DmaHeapHeader.LEN.get(argument, 0L);
                lastFdField = (int) DmaHeapHeader.FD.get(argument, 0L);
                lastFdFlags = (int) DmaHeapHeader.FD_FLAGS.get(argument, 0L);
                lastHeapFlags = (long) DmaHeapHeader.HEAP_FLAGS.get(argument, 0L);
                DmaHeapHeader.FD.set(argument, 0L, foreignDmaBuf(lastLength));
            }
            case "DMA_BUF_IOCTL_SYNC" -> syncs.add((long) DmaBufHeader.SYNC_FLAGS.get(argument, 0L));
            case "DMA_BUF_SET_NAME_B" -> names.add(argument.getString(0));
            case "DMA_BUF_IOCTL_EXPORT_SYNC_FILE" ->
                DmaBufHeader.SYNC_FILE_FD.set(argument, 0L, opened(real.memfdCreate("fence", FileStructs.MFD_CLOEXEC)));
            case "SYNC_IOC_MERGE" ->
                SyncFileHeader.MERGE_FENCE.set(
                        argument, 0L, opened(real.memfdCreate("fence", FileStructs.MFD_CLOEXEC)));
            case "SYNC_IOC_FILE_INFO" -> SyncFileHeader.STATUS.set(argument, 0L, fenceStatus);
            case "DMA_BUF_IOCTL_IMPORT_SYNC_FILE" -> {}
            case "UDMABUF_CREATE" -> {
                int created =
                        opened(real.fcntl((int) UdmabufHeader.MEMFD.get(argument, 0L), FileStructs.F_DUPFD_CLOEXEC, 0));
                dmaBufs.add(created);
                return gained(created);
            }
            default -> {
                return -Errno.ENOTTY;
            }
        }
        return BRINGING.contains(name) ? gained(0) : 0;
    }

    @Override
    public long mmap(long length, int protection, int flags, int fd, long offset) {
        int failure = step("mmap");
        if (failure < 0) {
            return failure;
        }
        long address = real.mmap(length, protection, flags, fd, offset);
        if (address >= 0) {
            mappings.add(address);
            afterwards.run();
        }
        return address;
    }

    @Override
    public int munmap(long address, long length) {
        int failure = step("munmap");
        mappings.remove(address);
        int result = real.munmap(address, length);
        return failure < 0 ? failure : result;
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        int failure = step("lseek");
        return failure < 0 ? failure : real.lseek(fd, offset, whence);
    }

    @Override
    public int statx(int fd, int mask, MemorySegment result) {
        int failure = step("statx");
        return failure < 0 ? failure : real.statx(fd, mask, result);
    }

    @Override
    public int fstatfs(int fd, MemorySegment result) {
        int failure = step("fstatfs");
        if (failure < 0) {
            return failure;
        }
        int answer = real.fstatfs(fd, result);
        if (dmaBufs.contains(fd)) {
            FileStructs.STATFS_TYPE.set(result, 0L, DmaBufHeader.DMA_BUF_MAGIC);
        }
        return answer;
    }

    @Override
    public int memfdCreate(String name, int flags) {
        int failure = step("memfd_create");
        return failure < 0 ? failure : gained(opened(real.memfdCreate(name, flags)));
    }

    @Override
    public int ftruncate(int fd, long length) {
        int failure = step("ftruncate");
        return failure < 0 ? failure : real.ftruncate(fd, length);
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        int failure = step("fcntl");
        if (failure < 0) {
            return failure;
        }
        int result = real.fcntl(fd, command, argument);
        if (command == FileStructs.F_DUPFD_CLOEXEC && opened(result) >= 0 && dmaBufs.contains(fd)) {
            dmaBufs.add(result);
        }
        return command == FileStructs.F_DUPFD_CLOEXEC ? gained(result) : result;
    }

    @Override
    public int dup3(int from, int to, int flags) {
        int failure = step("dup3");
        if (failure < 0) {
            return failure;
        }
        int result = real.dup3(from, to, flags);
        if (dmaBufs.contains(from)) {
            dmaBufs.add(to);
        }
        return result;
    }

    @Override
    public int poll(MemorySegment entries, long count, int timeoutMillis) {
        int failure = step("poll");
        return failure < 0 ? failure : real.poll(entries, count, timeoutMillis);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        int failure = step("socket");
        return failure < 0 ? failure : gained(opened(real.socket(domain, type, protocol)));
    }

    @Override
    public int bind(int fd, MemorySegment address, int length) {
        int failure = step("bind");
        return failure < 0 ? failure : real.bind(fd, address, length);
    }

    @Override
    public int listen(int fd, int backlog) {
        int failure = step("listen");
        return failure < 0 ? failure : real.listen(fd, backlog);
    }

    @Override
    public int accept4(int fd, int flags) {
        int failure = step("accept4");
        return failure < 0 ? failure : gained(opened(real.accept4(fd, flags)));
    }

    @Override
    public int connect(int fd, MemorySegment address, int length) {
        int failure = step("connect");
        return failure < 0 ? failure : real.connect(fd, address, length);
    }

    @Override
    public long sendmsg(int fd, MemorySegment message, int flags) {
        int failure = step("sendmsg");
        return failure < 0 ? failure : real.sendmsg(fd, message, flags);
    }

    @Override
    public long recvmsg(int fd, MemorySegment message, int flags) {
        int failure = step("recvmsg");
        if (failure < 0) {
            return failure;
        }
        long result = real.recvmsg(fd, message, flags);
        if (result > 0) {
            afterwards.run();
        }
        return result;
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length) {
        int failure = step("getsockopt");
        return failure < 0 ? failure : real.getsockopt(fd, level, option, value, length);
    }

    @Override
    public int pageSize() {
        return real.pageSize();
    }
}
