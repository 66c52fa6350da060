package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.PlatformWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that appear while somebody watches. */
@Timeout(60)
class HeapArrivalsTests {
    private final ScriptedLibc libc = new ScriptedLibc();
    /** One permit each time there was something to tell. */
    private final Semaphore told = new Semaphore(0);

    @TempDir
    Path root;

    private Path folder;
    private LinuxPlatform platform;

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
            libc.fail("open", Errno.EACCES);
            Path early = node("video@42000000");
            node("system");
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            assertThat(heaps()).containsExactly("system");

            Files.setPosixFilePermissions(early, PosixFilePermissions.fromString("rw-rw----"));
            assertThat(told.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            assertThat(heaps()).containsExactly("system", "video@42000000");
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
