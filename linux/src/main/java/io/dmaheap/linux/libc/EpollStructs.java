package io.dmaheap.linux.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** The struct and the constants of epoll(7) and eventfd(2). The events are those of {@code poll(2)} in {@link FileStructs}. */
final class EpollStructs {
    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CTL_MOD = 3;
    static final int EPOLLONESHOT = 1 << 30;
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;

    /**
     * {@code struct epoll_event} with a descriptor as its data. It is packed on x86-64 and nowhere else
     * (include/uapi/linux/eventpoll.h).
     */
    static final StructLayout EVENT = event(System.getProperty("os.arch", "").equalsIgnoreCase("amd64"));

    static final VarHandle EVENT_EVENTS = FileStructs.field(EVENT, "events");
    static final VarHandle EVENT_FD = FileStructs.field(EVENT, "fd");

    private EpollStructs() {}

    static StructLayout event(boolean packed) {
        ValueLayout.OfInt events = JAVA_INT_UNALIGNED.withName("events");
        ValueLayout.OfInt fd = JAVA_INT_UNALIGNED.withName("fd");
        return packed
                ? MemoryLayout.structLayout(events, fd, MemoryLayout.paddingLayout(4))
                : MemoryLayout.structLayout(events, MemoryLayout.paddingLayout(4), fd, MemoryLayout.paddingLayout(4));
    }
}
