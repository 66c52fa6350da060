package io.dmaheap.linux.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;

/**
 * The native functions behind {@link FfmLibc}, one holder class each. A function is linked when it is first called: linking takes
 * milliseconds, and most programs need a handful. The handles are {@code static final}, for only then can the JIT compiler see
 * through them.
 */
final class LibcHandles {
    private LibcHandles() {}

    static final class Open {
        static final MethodHandle HANDLE = linkVariadic("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

        private Open() {}
    }

    static final class Close {
        static final MethodHandle HANDLE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        private Close() {}
    }

    static final class Read {
        static final MethodHandle HANDLE = link("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

        private Read() {}
    }

    static final class Ioctl {
        static final MethodHandle HANDLE =
                linkVariadic("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

        private Ioctl() {}
    }

    static final class Mmap {
        static final MethodHandle HANDLE = link(
                "mmap",
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));

        private Mmap() {}
    }

    static final class Munmap {
        static final MethodHandle HANDLE = link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

        private Munmap() {}
    }

    static final class Lseek {
        static final MethodHandle HANDLE =
                link("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));

        private Lseek() {}
    }

    static final class Statx {
        static final MethodHandle HANDLE =
                link("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));

        private Statx() {}
    }

    static final class Fstatfs {
        static final MethodHandle HANDLE = link("fstatfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

        private Fstatfs() {}
    }

    static final class MemfdCreate {
        static final MethodHandle HANDLE = link("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

        private MemfdCreate() {}
    }

    static final class Ftruncate {
        static final MethodHandle HANDLE = link("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

        private Ftruncate() {}
    }

    static final class Fcntl {
        static final MethodHandle HANDLE =
                linkVariadic("fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

        private Fcntl() {}
    }

    static final class Dup3 {
        static final MethodHandle HANDLE = link("dup3", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

        private Dup3() {}
    }

    static final class Poll {
        static final MethodHandle HANDLE = link("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

        private Poll() {}
    }

    static final class EpollCreate1 {
        static final MethodHandle HANDLE = link("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        private EpollCreate1() {}
    }

    static final class EpollCtl {
        static final MethodHandle HANDLE =
                link("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

        private EpollCtl() {}
    }

    static final class EpollWait {
        static final MethodHandle HANDLE =
                link("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

        private EpollWait() {}
    }

    static final class Eventfd {
        static final MethodHandle HANDLE = link("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

        private Eventfd() {}
    }

    static final class Write {
        static final MethodHandle HANDLE =
                link("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

        private Write() {}
    }

    static final class Readlink {
        static final MethodHandle HANDLE =
                link("readlink", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG));

        private Readlink() {}
    }

    static final class Socket {
        static final MethodHandle HANDLE =
                link("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

        private Socket() {}
    }

    static final class Bind {
        static final MethodHandle HANDLE = link("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

        private Bind() {}
    }

    static final class Listen {
        static final MethodHandle HANDLE = link("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

        private Listen() {}
    }

    static final class Accept4 {
        static final MethodHandle HANDLE =
                link("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));

        private Accept4() {}
    }

    static final class Connect {
        static final MethodHandle HANDLE =
                link("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

        private Connect() {}
    }

    static final class Sendmsg {
        static final MethodHandle HANDLE =
                link("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

        private Sendmsg() {}
    }

    static final class Recvmsg {
        static final MethodHandle HANDLE =
                link("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

        private Recvmsg() {}
    }

    static final class Getsockopt {
        static final MethodHandle HANDLE =
                link("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

        private Getsockopt() {}
    }

    static final class PageSize {
        static final MethodHandle HANDLE = link("getpagesize", FunctionDescriptor.of(JAVA_INT));

        private PageSize() {}
    }

    static MethodHandle link(String name, FunctionDescriptor signature) {
        return link(name, signature, Linker.Option.captureCallState("errno"));
    }

    /** Variadic arguments travel differently on some systems, so the linker must know where they begin. */
    private static MethodHandle linkVariadic(String name, int fixed, FunctionDescriptor signature) {
        return link(name, signature, Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(fixed));
    }

    /**
     * A holder must not fail to initialise, for it would stay broken under a meaningless error. A function that an old C library
     * lacks therefore becomes a handle that says so at each call.
     */
    private static MethodHandle link(String name, FunctionDescriptor signature, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> symbol = linker.defaultLookup().find(name);
        return symbol.isPresent()
                ? linker.downcallHandle(symbol.get(), signature, options)
                : missing(name, linker.downcallHandle(signature, options).type().dropParameterTypes(0, 1));
    }

    private static MethodHandle missing(String name, MethodType type) {
        MethodHandle thrower = MethodHandles.throwException(type.returnType(), UnsupportedOperationException.class);
        return MethodHandles.dropArguments(
                thrower.bindTo(new UnsupportedOperationException("the C library has no function " + name)),
                0,
                type.parameterList());
    }
}
