package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Problem;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.PlatformWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that appear while somebody watches. */
@Timeout(120)
class HeapArrivalsTests {
    private final ScriptedLibc libc = new ScriptedLibc();
    /** One permit each time there was something to tell. */
    private final Semaphore told = new Semaphore(0);

    @TempDir
    Path root;

    private Path folder;
    private LinuxPlatform platform;

    /** A machine under load takes its time, and these wait for the clock as well. */
    @BeforeAll
    static void bePatient() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    @BeforeEach
    void open() {
        folder = root.resolve("dev/dma_heap");
        platform = new LinuxPlatform(libc, root);
    }

    @AfterEach
    void nothingIsLeft() {
        platform.close();
        assertThat(libc.held()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("dmaheap-heap-watch");
    }

    private List<String> heaps() {
        return platform.kernelHeaps().stream().map(KernelHeap::name).toList();
    }

    private Path node(String name) throws Exception {
        return Files.createFile(folder.resolve(name));
    }

    @Test
    void aHeapThatComesLaterIsToldOf() throws Exception {
        Files.createDirectories(folder);
        node("system");
        try (PlatformWatch _ = platform.watch(told::release)) {
            assertThat(heaps()).containsExactly("system");
            node("protected,secure-video");
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            assertThat(heaps()).containsExactly("protected,secure-video", "system");
        }
    }

    @Test
    void theFolderMayComeWithTheFirstHeapAndGoWithTheLast() throws Exception {
        Files.createDirectories(folder.getParent());
        try (PlatformWatch _ = platform.watch(told::release)) {
            for (String name : List.of("one", "two")) {
                Files.createDirectory(folder);
                Path node = node(name);
                do {
                    assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
                } while (!heaps().contains(name));
                Files.delete(node);
                Files.delete(folder);
            }
        }
    }

    @Test
    void aNodeThatCannotBeOpenedWhenItComesIsToldOfWhenItsPermissionsAreSet() throws Exception {
        Files.createDirectories(folder);
        try (PlatformWatch _ = platform.watch(told::release)) {
            libc.refuse(folder.resolve("video@42000000").toString(), Errno.EACCES);
            Path early = node("video@42000000");
            await().until(() -> libc.count("open") > 0);
            node("system");
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            assertThat(heaps()).containsExactly("system");

            Files.setPosixFilePermissions(early, PosixFilePermissions.fromString("rw-rw----"));
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            assertThat(heaps()).containsExactly("system", "video@42000000");
        }
    }

    @Test
    void aNodeThatGetsItsPermissionsWithoutAVisibleChangeIsToldOfToo() throws Exception {
        Files.createDirectories(folder);
        String path = folder.resolve("video@42000000").toString();
        try (PlatformWatch _ = platform.watch(told::release)) {
            libc.refuse(path, Errno.EPERM);
            node("video@42000000");
            await().until(() -> libc.count("open") > 0);
            libc.refuse(path, 0);

            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            assertThat(heaps()).containsExactly("video@42000000");
        }
    }

    @Test
    void aNodeThatWasHeldBackWhenTheLastListenerLeftIsShownToTheNext() throws Exception {
        Files.createDirectories(folder);
        String path = folder.resolve("video@42000000").toString();
        try (PlatformWatch _ = platform.watch(told::release)) {
            libc.refuse(path, Errno.EACCES);
            node("video@42000000");
            await().until(() -> libc.count("open") > 0);
        }
        libc.refuse(path, 0);

        try (PlatformWatch _ = platform.watch(told::release)) {
            assertThat(heaps()).containsExactly("video@42000000");
        }
    }

    @Test
    void eachNodeOfManyIsToldOf() throws Exception {
        Files.createDirectories(folder);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        try (PlatformWatch _ = platform.watch(() -> seen.addAll(heaps()))) {
            for (int i = 0; i < 200; i++) {
                node("heap" + i);
            }
            await().until(() -> seen.size() == 200);
        }
    }

    @Test
    void aListenerThatThrowsDoesNotKeepOthersFromHearing() throws Exception {
        Files.createDirectories(folder);
        Runnable broken = () -> {
            throw new StackOverflowError("provoked");
        };
        try (PlatformWatch _ = platform.watch(broken);
                PlatformWatch _ = platform.watch(told::release);
                PlatformWatch _ = platform.watch(broken)) {
            node("one");
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            node("two");
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void linksInACircleOnTheWayToTheFolderPass() throws Exception {
        Path dev = folder.getParent();
        Files.createSymbolicLink(dev, Path.of("dev"));
        try (PlatformWatch _ = platform.watch(told::release)) {
            await().until(() -> !platform.problems().isEmpty());
            assertThat(platform.problems())
                    .extracting(Problem::kind)
                    .containsExactly(Problem.Kind.DIRECTORY_OUT_OF_REACH);

            Files.delete(dev);
            Files.createDirectories(folder);
            node("one");
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            await().until(() -> platform.problems().isEmpty());
        }
    }

    @Test
    void anotherFolderOfTheSameNameIsFollowed() throws Exception {
        Files.createDirectories(folder);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        try (PlatformWatch _ = platform.watch(() -> seen.addAll(heaps()))) {
            Files.move(folder.getParent(), root.resolve("old"));
            Files.createDirectories(folder);
            node("one");
            await().until(() -> seen.contains("one"));
        }
    }

    @Test
    void aNodeThatWasThereBeforeIsShownThoughItCannotBeOpened() throws Exception {
        Files.createDirectories(folder);
        node("system");
        libc.fail("open", Errno.EACCES);
        try (PlatformWatch _ = platform.watch(told::release)) {
            assertThat(heaps()).containsExactly("system");
        }
    }

    @Test
    void severalWatchAndWhoHasEndedHearsNothing() throws Exception {
        Files.createDirectories(folder);
        var nothing = new Semaphore(0);
        PlatformWatch ended = platform.watch(nothing::release);
        try (PlatformWatch _ = platform.watch(told::release)) {
            ended.close();
            ended.close();
            node("system");
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(nothing.availablePermits()).isZero();
    }

    @Test
    void aMachineWithoutAFolderForDevicesHasNothingToWatch() {
        platform.watch(told::release).close();
        assertThat(heaps()).isEmpty();
    }
}
