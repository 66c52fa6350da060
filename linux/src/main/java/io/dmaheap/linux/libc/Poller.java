package io.dmaheap.linux.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the descriptors of all waiting threads with one epoll(7) instance and one daemon thread, so that a virtual thread that waits
 * does not hold its carrier and waiting threads cost nothing.
 *
 * <p>The thread starts with the first registration. It sleeps without a time limit while there are registrations, and ends when there has
 * been none for {@link #LINGER}. An eventfd(2) tells it that the last registration is gone. Both descriptors are closed with it.
 *
 * <p>The owner of a descriptor keeps it open while it is registered. A registration ends with its first event: the thread looks again
 * itself, and registers again if it has to.
 *
 * <p>Safe for use by several threads.
 */
final class Poller {
    /** How long the thread outlives the last registration: starting it again costs far more than keeping it for a while. */
    static final Duration LINGER = Duration.ofSeconds(1);

    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.linux");
    private static final Poller SHARED = new Poller(new FfmLibc(), LINGER);
    private static final int EVENTS_AT_ONCE = 64;
    private static final int WITHOUT_END = -1;
    private static final int NOT_OPEN = -1;

    private final Libc libc;
    private final int lingerMillis;
    private final AtomicLong wakeups = new AtomicLong();

    /** Guarded by this, as are the next three. */
    private final Map<Integer, Interest> interests = new HashMap<>();

    private int epoll = NOT_OPEN;
    private int wakeup = NOT_OPEN;
    private boolean sleepsWithoutEnd;

    Poller(Libc libc, Duration linger) {
        this.libc = libc;
        this.lingerMillis = (int) linger.toMillis();
    }

    /** The poller of this process. */
    static Poller shared() {
        return SHARED;
    }

    /** What the threads that wait for one descriptor wait for. */
    private static final class Interest {
        private final Set<Registration> registrations = new HashSet<>();
        private int events;
    }

    /** One thread that waits for one descriptor. */
    final class Registration implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private final int fd;
        private volatile boolean woken;

        private Registration(int fd) {
            this.fd = fd;
        }

        /** Returns after an event, an interrupt, {@link #wake(int)} or the time. Called by the thread that registered. */
        void await(long nanos) {
            long start = System.nanoTime();
            long left = nanos;
            while (!woken && left > 0 && !thread.isInterrupted()) {
                LockSupport.parkNanos(Poller.this, left);
                left = nanos - (System.nanoTime() - start);
            }
        }

        private void wakeUp() {
            woken = true;
            LockSupport.unpark(thread);
        }

        @Override
        public void close() {
            remove(this);
        }
    }

    /**
     * Registers the current thread.
     *
     * @param events of {@code poll(2)}
     * @return the registration; null if there can be none, because the descriptor is not one for epoll or a limit is reached
     */
    synchronized @Nullable Registration register(int fd, short events) {
        if (epoll == NOT_OPEN && !start()) {
            return null;
        }
        Interest known = interests.get(fd);
        int wanted = Short.toUnsignedInt(events) | (known == null ? 0 : known.events);
        Interest interest = known == null ? new Interest() : known;
        var registration = new Registration(fd);
        boolean registered = false;
        try {
            interests.put(fd, interest);
            interest.registrations.add(registration);
            registered = known != null && known.events == wanted || control(known, fd, wanted);
            interest.events = registered ? wanted : interest.events;
        } finally {
            if (!registered) {
                interest.registrations.remove(registration);
                if (known == null) {
                    interests.remove(fd);
                }
            }
        }
        return registered ? registration : null;
    }

    private boolean control(@Nullable Interest known, int fd, int wanted) {
        int result = control(known == null ? EpollStructs.EPOLL_CTL_ADD : EpollStructs.EPOLL_CTL_MOD, fd, wanted);
        if (result < 0) {
            LOGGER.log(System.Logger.Level.DEBUG, "epoll_ctl of fd {0}: {1}", fd, Errno.name(result));
        }
        return result >= 0;
    }

    private synchronized void remove(Registration registration) {
        Interest interest = interests.get(registration.fd);
        if (interest == null || !interest.registrations.remove(registration) || !interest.registrations.isEmpty()) {
            return;
        }
        forget(registration.fd);
        endSleepIfIdle();
    }

    private void endSleepIfIdle() {
        if (interests.isEmpty() && sleepsWithoutEnd) {
            sleepsWithoutEnd = false;
            signal();
        }
    }

    /** Wakes every thread that waits for a descriptor. */
    synchronized void wake(int fd) {
        if (interests.containsKey(fd)) {
            forget(fd);
            endSleepIfIdle();
        }
    }

    /** How many descriptors are waited for. */
    synchronized int size() {
        return interests.size();
    }

    /** How often the thread has returned from {@code epoll_wait(2)}. */
    long wakeups() {
        return wakeups.get();
    }

    /** Whether the thread is there. */
    synchronized boolean isRunning() {
        return epoll != NOT_OPEN;
    }

    private void forget(int fd) {
        Interest interest = interests.remove(fd);
        if (interest != null) {
            interest.registrations.forEach(Registration::wakeUp);
        }
        control(EpollStructs.EPOLL_CTL_DEL, fd, 0);
    }

    private int control(int operation, int fd, int events) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EpollStructs.EVENT);
            int oneShot = fd == wakeup ? 0 : EpollStructs.EPOLLONESHOT;
            EpollStructs.EVENT_EVENTS.set(event, 0L, events | oneShot);
            EpollStructs.EVENT_FD.set(event, 0L, fd);
            return libc.epollCtl(epoll, operation, fd, event);
        }
    }

    private boolean start() {
        boolean started = false;
        try {
            epoll = libc.epollCreate1(EpollStructs.EPOLL_CLOEXEC);
            wakeup = epoll < 0 ? epoll : libc.eventfd(0, EpollStructs.EFD_CLOEXEC | EpollStructs.EFD_NONBLOCK);
            int result = wakeup < 0 ? wakeup : control(EpollStructs.EPOLL_CTL_ADD, wakeup, FileStructs.POLLIN);
            if (result >= 0) {
                sleepsWithoutEnd = false;
                startThread();
                started = true;
            } else {
                LOGGER.log(System.Logger.Level.DEBUG, "no epoll: {0}", Errno.name(result));
            }
        } finally {
            if (!started) {
                closeDescriptors();
            }
        }
        return started;
    }

    private void startThread() {
        Thread thread = Thread.ofPlatform()
                .name("dmaheap-poller")
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(this::run);
        // The class loader of the first waiting thread must not live as long as this thread.
        thread.setContextClassLoader(null);
        thread.start();
    }

    private void closeDescriptors() {
        if (epoll >= 0) {
            SharedFd.close(libc, epoll);
        }
        if (wakeup >= 0) {
            SharedFd.close(libc, wakeup);
        }
        epoll = NOT_OPEN;
        wakeup = NOT_OPEN;
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(EpollStructs.EVENT, EVENTS_AT_ONCE);
            int own = sleeping();
            int count;
            do {
                count = libc.epollWait(own, events, EVENTS_AT_ONCE, timeout());
                wakeups.incrementAndGet();
            } while (handle(events, count));
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    private synchronized int sleeping() {
        return epoll;
    }

    private synchronized int timeout() {
        sleepsWithoutEnd = !interests.isEmpty();
        return sleepsWithoutEnd ? WITHOUT_END : lingerMillis;
    }

    /** Wakes the threads of the descriptors that are ready; false if this was the end. */
    private synchronized boolean handle(MemorySegment events, int count) {
        if (count == 0 && interests.isEmpty() || count < 0 && count != -Errno.EINTR) {
            end();
            return false;
        }
        for (int index = 0; index < count; index++) {
            int fd = (int) EpollStructs.EVENT_FD.get(events, index * EpollStructs.EVENT.byteSize());
            if (fd == wakeup) {
                drain();
            } else if (interests.containsKey(fd)) {
                forget(fd);
            }
        }
        return true;
    }

    /** Threads that still wait are woken, and register with the next thread. */
    private synchronized void end() {
        interests.values().forEach(interest -> interest.registrations.forEach(Registration::wakeUp));
        interests.clear();
        closeDescriptors();
    }

    private void signal() {
        try (Arena arena = Arena.ofConfined()) {
            libc.write(wakeup, arena.allocateFrom(ValueLayout.JAVA_LONG, 1));
        }
    }

    private void drain() {
        try (Arena arena = Arena.ofConfined()) {
            libc.read(wakeup, arena.allocate(ValueLayout.JAVA_LONG));
        }
    }
}
