package io.dmaheap.linux.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/**
 * The C library, called through the Foreign Function &amp; Memory API.
 *
 * <p>errno is captured within the same downcall, since the JVM may overwrite it at any later moment.
 *
 * <p>Get it from {@link NativeAccess}, which knows whether it can work here.
 */
final class FfmLibc implements Libc {
    static final StructLayout ERRNO_STATE = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO = ERRNO_STATE
            .varHandle(MemoryLayout.PathElement.groupElement("errno"))
            .withInvokeExactBehavior();
    private static final int AT_EMPTY_PATH = 0x1000;

    @Override
    public int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined();
                CallFrame frame = CallFrame.enter()) {
            MemorySegment name = arena.allocateFrom(path);
            return result((int) LibcHandles.Open.HANDLE.invokeExact(frame.errno(), name, flags), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int close(int fd) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Close.HANDLE.invokeExact(frame.errno(), fd), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long read(int fd, MemorySegment into) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((long) LibcHandles.Read.HANDLE.invokeExact(frame.errno(), fd, into, into.byteSize()), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int ioctl(int fd, long request, MemorySegment argument) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Ioctl.HANDLE.invokeExact(frame.errno(), fd, request, argument), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long mmap(long length, int protection, int flags, int fd, long offset) {
        try (CallFrame frame = CallFrame.enter()) {
            return result(
                    (long) LibcHandles.Mmap.HANDLE.invokeExact(
                            frame.errno(), 0L, length, protection, flags, fd, offset),
                    frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int munmap(long address, long length) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Munmap.HANDLE.invokeExact(frame.errno(), address, length), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long lseek(int fd, long offset, int whence) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((long) LibcHandles.Lseek.HANDLE.invokeExact(frame.errno(), fd, offset, whence), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int statx(int fd, int mask, MemorySegment result) {
        try (Arena arena = Arena.ofConfined();
                CallFrame frame = CallFrame.enter()) {
            MemorySegment itself = arena.allocateFrom("");
            return result(
                    (int) LibcHandles.Statx.HANDLE.invokeExact(frame.errno(), fd, itself, AT_EMPTY_PATH, mask, result),
                    frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int fstatfs(int fd, MemorySegment result) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Fstatfs.HANDLE.invokeExact(frame.errno(), fd, result), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int memfdCreate(String name, int flags) {
        try (Arena arena = Arena.ofConfined();
                CallFrame frame = CallFrame.enter()) {
            MemorySegment label = arena.allocateFrom(name);
            return result((int) LibcHandles.MemfdCreate.HANDLE.invokeExact(frame.errno(), label, flags), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int ftruncate(int fd, long length) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Ftruncate.HANDLE.invokeExact(frame.errno(), fd, length), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Fcntl.HANDLE.invokeExact(frame.errno(), fd, command, argument), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int dup3(int from, int to, int flags) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Dup3.HANDLE.invokeExact(frame.errno(), from, to, flags), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int poll(MemorySegment entries, long count, int timeoutMillis) {
        try (CallFrame frame = CallFrame.enter()) {
            return result(
                    (int) LibcHandles.Poll.HANDLE.invokeExact(frame.errno(), entries, count, timeoutMillis), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int epollCreate1(int flags) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.EpollCreate1.HANDLE.invokeExact(frame.errno(), flags), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int epollCtl(int epoll, int operation, int fd, MemorySegment event) {
        try (CallFrame frame = CallFrame.enter()) {
            return result(
                    (int) LibcHandles.EpollCtl.HANDLE.invokeExact(frame.errno(), epoll, operation, fd, event), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int epollWait(int epoll, MemorySegment events, int count, int timeoutMillis) {
        try (CallFrame frame = CallFrame.enter()) {
            return result(
                    (int) LibcHandles.EpollWait.HANDLE.invokeExact(frame.errno(), epoll, events, count, timeoutMillis),
                    frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int eventfd(int initial, int flags) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Eventfd.HANDLE.invokeExact(frame.errno(), initial, flags), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long write(int fd, MemorySegment from) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((long) LibcHandles.Write.HANDLE.invokeExact(frame.errno(), fd, from, from.byteSize()), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long readlink(String path, MemorySegment into) {
        try (Arena arena = Arena.ofConfined();
                CallFrame frame = CallFrame.enter()) {
            MemorySegment name = arena.allocateFrom(path);
            return result(
                    (long) LibcHandles.Readlink.HANDLE.invokeExact(frame.errno(), name, into, into.byteSize()), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Socket.HANDLE.invokeExact(frame.errno(), domain, type, protocol), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int bind(int fd, MemorySegment address, int length) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Bind.HANDLE.invokeExact(frame.errno(), fd, address, length), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int listen(int fd, int backlog) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Listen.HANDLE.invokeExact(frame.errno(), fd, backlog), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int accept4(int fd, int flags) {
        try (CallFrame frame = CallFrame.enter()) {
            MemorySegment none = MemorySegment.NULL;
            return result((int) LibcHandles.Accept4.HANDLE.invokeExact(frame.errno(), fd, none, none, flags), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int connect(int fd, MemorySegment address, int length) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((int) LibcHandles.Connect.HANDLE.invokeExact(frame.errno(), fd, address, length), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long sendmsg(int fd, MemorySegment message, int flags) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((long) LibcHandles.Sendmsg.HANDLE.invokeExact(frame.errno(), fd, message, flags), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public long recvmsg(int fd, MemorySegment message, int flags) {
        try (CallFrame frame = CallFrame.enter()) {
            return result((long) LibcHandles.Recvmsg.HANDLE.invokeExact(frame.errno(), fd, message, flags), frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length) {
        try (CallFrame frame = CallFrame.enter()) {
            return result(
                    (int) LibcHandles.Getsockopt.HANDLE.invokeExact(frame.errno(), fd, level, option, value, length),
                    frame);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int pageSize() {
        try (CallFrame frame = CallFrame.enter()) {
            return (int) LibcHandles.PageSize.HANDLE.invokeExact(frame.errno());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static int result(int returned, CallFrame frame) {
        return returned == -1 ? -(int) ERRNO.get(frame.errno(), 0L) : returned;
    }

    private static long result(long returned, CallFrame frame) {
        return returned == -1 ? -(int) ERRNO.get(frame.errno(), 0L) : returned;
    }

    /** A handle declares Throwable; what comes out of one is unchecked, or the JVM is broken. */
    private static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException e) {
            return e;
        }
        throw thrown instanceof Error e ? e : new AssertionError("a native call threw", thrown);
    }
}
