package io.dmaheap.linux.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A number that was closed belongs to the next file that is opened, and must be left alone from then on. */
@Timeout(60)
class SharedFdTests {
    private static final Duration LONG = Duration.ofSeconds(30);
    /** Above what the JVM uses, so that the test decides which file gets it. */
    private static final int NUMBER = 700;

    private final Libc libc = NativeAccess.libc();

    @Test
    void theNextOwnerOfTheNumberIsNotClosed() {
        int number = newFile();
        var shared = new SharedFd(libc, number, "file");
        shared.close();
        assertThat(isOpen(number)).isFalse();
        int next = newFile();
        assertThat(next).isEqualTo(number);
        shared.close();
        shared.release();
        assertThat(shared.closeOnce()).isFalse();
        assertThatIllegalStateException().isThrownBy(shared::enter).withMessageContaining("file is closed");
        assertThatIllegalStateException().isThrownBy(shared::duplicate);
        assertThat(isOpen(next)).isTrue();
        libc.close(next);
    }

    @Test
    void whatCouldNotBeClosedForLackOfMemoryIsClosedByTheNextCall() {
        var shortage = new AtomicBoolean(true);
        var scripted = new ScriptedLibc().afterEachGain(() -> {}, () -> {
            if (shortage.getAndSet(false)) {
                throw new OutOfMemoryError("of the test");
            }
        });
        int number = newFile();
        var shared = new SharedFd(scripted, number, "file");
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(shared::release);
        assertThat(isOpen(number)).isTrue();
        shared.release();
        assertThat(isOpen(number)).isFalse();
        assertThatIllegalStateException().isThrownBy(shared::enter);
        shared.release();
        assertThat(scripted.count("close")).isEqualTo(1);
    }

    @Test
    void whatOwnsNothingYetIsClosedAndClosesNothing() {
        var scripted = new ScriptedLibc();
        var shared = new SharedFd(scripted, "file");
        assertThatIllegalStateException().isThrownBy(shared::enter);
        shared.close();
        assertThat(scripted.calls()).isEmpty();
        int number = newFile();
        shared.own(number);
        assertThat(shared.enter()).isEqualTo(number);
        shared.leave();
        shared.close();
        assertThat(isOpen(number)).isFalse();
    }

    @Test
    void theLastThreadInsideClosesAndNoneWaits() {
        int number = newFile();
        var shared = new SharedFd(libc, number, "file");
        shared.enter();
        shared.enter();
        shared.close();
        assertThatIllegalStateException().isThrownBy(shared::enter);
        shared.leave();
        assertThat(isOpen(number)).isTrue();
        shared.leave();
        assertThat(isOpen(number)).isFalse();
    }

    @Test
    void closingEndsEveryWaitAtOnce() throws Exception {
        int number = libc.eventfd(0, EpollStructs.EFD_CLOEXEC);
        var shared = new SharedFd(libc, number, "file");
        var waiting = new ArrayList<CompletableFuture<Boolean>>();
        for (short events : new short[] {FileStructs.POLLIN, FileStructs.POLLIN, FileStructs.POLLRDHUP}) {
            var outcome = new CompletableFuture<Boolean>();
            waiting.add(outcome);
            Thread.startVirtualThread(() -> {
                try {
                    outcome.complete(shared.await(events, LONG));
                } catch (IllegalStateException e) {
                    outcome.completeExceptionally(e);
                }
            });
        }
        await().until(() -> Poller.shared().size() == 1);
        shared.close();
        for (CompletableFuture<Boolean> one : waiting) {
            assertThat(one.handle((_, e) -> e).get(LONG.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(IllegalStateException.class);
        }
        await().until(() -> !isOpen(number));
    }

    @Test
    void aDescriptorThatEpollDoesNotTakeIsWaitedForAllTheSame() throws Exception {
        // epoll(7) refuses regular files (EPERM), which poll(2) calls ready; a scripted answer stands for one that is
        // not.
        var never = new ScriptedLibc();
        int number = newFile();
        for (int times = 0; times < 3; times++) {
            never.fail("poll", Errno.EINTR);
        }
        var shared = new SharedFd(never, number, "file");
        assertThat(shared.await(FileStructs.POLLIN, LONG)).isTrue();
        assertThat(never.count("poll")).isEqualTo(4);
        shared.close();
    }

    @Test
    void howeverThreadsMeetTheDescriptorIsClosedOnce() throws Exception {
        for (int round = 0; round < 500; round++) {
            var counted = new ScriptedLibc();
            var shared = new SharedFd(counted, counted.foreignDmaBuf(4096), "file");
            var barrier = new CyclicBarrier(4);
            var done = new CountDownLatch(4);
            for (int thread = 0; thread < 4; thread++) {
                boolean closes = thread == 0;
                Thread.startVirtualThread(() -> {
                    try {
                        barrier.await(LONG.toSeconds(), TimeUnit.SECONDS);
                        for (int use = 0; use < 20; use++) {
                            if (closes && use == 10) {
                                shared.close();
                            }
                            shared.use(number -> number);
                        }
                    } catch (IllegalStateException _) {
                        shared.close();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    } finally {
                        done.countDown();
                    }
                });
            }
            assertThat(done.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(counted.calls()).isEqualTo(List.of("close"));
        }
    }

    private int newFile() {
        int file = libc.memfdCreate("mine", FileStructs.MFD_CLOEXEC);
        int number = libc.fcntl(file, FileStructs.F_DUPFD_CLOEXEC, NUMBER);
        libc.close(file);
        return number;
    }

    private boolean isOpen(int number) {
        return libc.fcntl(number, FileStructs.F_GETFL, 0) >= 0;
    }
}
