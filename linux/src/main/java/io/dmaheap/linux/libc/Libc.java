package io.dmaheap.linux.libc;

import java.lang.foreign.MemorySegment;

/**
 * The functions of the C library that this project calls, one method each, under their C names in Java's spelling.
 *
 * <p>The convention is the kernel's: zero or more is the result, a negative number is {@code -errno} ({@link Errno}). No method
 * retries and none throws for an errno. A call runs on the calling thread until the kernel returns, and a virtual thread keeps
 * its carrier meanwhile.
 *
 * <p>Safe for use by several threads.
 */
public interface Libc {

    /** {@code open(2)} without a mode. */
    int open(String path, int flags);

    /** {@code close(2)}. Never to be repeated: on Linux the descriptor is gone even after {@code EINTR}. */
    int close(int fd);

    /** {@code read(2)} of at most as many bytes as the segment has. */
    long read(int fd, MemorySegment into);

    /** {@code ioctl(2)} with a pointer; callers go through {@link Ioctl#call}. */
    int ioctl(int fd, long request, MemorySegment argument);

    /** {@code mmap(2)} at an address of the kernel's choice. */
    long mmap(long length, int protection, int flags, int fd, long offset);

    /** {@code munmap(2)}. */
    int munmap(long address, long length);

    /** {@code lseek(2)}. */
    long lseek(int fd, long offset, int whence);

    /** {@code statx(2)} of an open descriptor into a {@link FileStructs#STATX}. */
    int statx(int fd, int mask, MemorySegment result);

    /** {@code fstatfs(2)} into a {@link FileStructs#STATFS}. */
    int fstatfs(int fd, MemorySegment result);

    /** {@code memfd_create(2)}. */
    int memfdCreate(String name, int flags);

    /** {@code ftruncate(2)}. */
    int ftruncate(int fd, long length);

    /** {@code fcntl(2)} with a number. */
    int fcntl(int fd, int command, int argument);

    /** {@code dup3(2)}. */
    int dup3(int from, int to, int flags);

    /** {@code poll(2)} of an array of {@link FileStructs#POLLFD}. */
    int poll(MemorySegment entries, long count, int timeoutMillis);

    /** {@code epoll_create1(2)}. */
    int epollCreate1(int flags);

    /** {@code epoll_ctl(2)} with an {@link EpollStructs#EVENT}. */
    int epollCtl(int epoll, int operation, int fd, MemorySegment event);

    /** {@code epoll_wait(2)} into an array of {@link EpollStructs#EVENT}; waits without end if the time is negative. */
    int epollWait(int epoll, MemorySegment events, int count, int timeoutMillis);

    /** {@code eventfd(2)}. */
    int eventfd(int initial, int flags);

    /** {@code write(2)} of the whole segment. */
    long write(int fd, MemorySegment from);

    /** {@code readlink(2)} of at most as many bytes as the segment has, without a closing NUL. */
    long readlink(String path, MemorySegment into);

    /** {@code socket(2)}. */
    int socket(int domain, int type, int protocol);

    /** {@code bind(2)}. */
    int bind(int fd, MemorySegment address, int length);

    /** {@code listen(2)}. */
    int listen(int fd, int backlog);

    /** {@code accept4(2)} without the peer's address. */
    int accept4(int fd, int flags);

    /** {@code connect(2)}. */
    int connect(int fd, MemorySegment address, int length);

    /** {@code sendmsg(2)} of a {@link SocketStructs#MSGHDR}. */
    long sendmsg(int fd, MemorySegment message, int flags);

    /** {@code recvmsg(2)} into a {@link SocketStructs#MSGHDR}. */
    long recvmsg(int fd, MemorySegment message, int flags);

    /** {@code getsockopt(2)}; {@code length} is the {@code socklen_t} in and out. */
    int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length);

    /** {@code getpagesize(3)}. */
    int pageSize();
}
