package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.PlatformProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxPlatformProviderTests {
    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path root;

    /** Runs in the child, on the class path, where the descriptor of a module counts for nothing. */
    static final class Services {
        public static void main(String[] args) {
            ServiceLoader.load(PlatformProvider.class)
                    .forEach(provider -> System.out.println("found " + provider.name()));
        }
    }

    @Test
    void isFoundAsAServiceOnModulePathAndClassPath() throws Exception {
        assertThat(LinuxPlatformProvider.class.getModule().getDescriptor().provides())
                .anySatisfy(provides -> {
                    assertThat(provides.service()).isEqualTo(PlatformProvider.class.getName());
                    assertThat(provides.providers()).containsExactly(LinuxPlatformProvider.class.getName());
                });
        assertThat(ChildJvm.run(List.of(), Services.class).output()).contains("found linux");
    }

    @Test
    void aKernelWithoutHeapsIsNamedWithItsOption() {
        assertThat(suitability().usable()).isFalse();
        assertThat(suitability().reason()).contains("dev/dma_heap is missing", "CONFIG_DMABUF_HEAPS");
    }

    @Test
    void aDirectoryWithoutHeapsIsNamedWithTheirOptions() throws Exception {
        Files.createDirectories(root.resolve("dev/dma_heap"));
        assertThat(suitability().usable()).isFalse();
        assertThat(suitability().reason()).contains("has no heap", "CONFIG_DMABUF_HEAPS_SYSTEM");
    }

    @Test
    void heapsThatNobodyMayOpenAreShownWithOwnerAndMode() throws Exception {
        node("system");
        libc.fail("open", Errno.EACCES);
        assertThat(suitability().reason()).contains("system is ", "rw-", "EACCES", "uid", "udev");
    }

    @Test
    void oneHeapThatOpensIsEnough() throws Exception {
        node("default_cma_region");
        node("system");
        libc.fail("open", Errno.EACCES);
        var suitability = suitability();
        assertThat(suitability.usable()).isTrue();
        assertThat(suitability.rank()).isEqualTo(100);
        assertThat(suitability.reason()).contains("can be opened: system");
        assertThat(libc.held()).isEmpty();
    }

    @Test
    void anOrdinaryUserHasUdmabufWhereNoHeapOpens() throws Exception {
        node("system");
        Files.createFile(root.resolve("dev/udmabuf"));
        libc.refuse(root.resolve("dev/dma_heap/system").toString(), Errno.EACCES);
        assertThat(suitability().usable()).isTrue();
        assertThat(suitability().reason()).contains("dev/udmabuf can be opened", "system is ", "EACCES");
        var platform = new LinuxPlatform(libc, root);
        assertThat(platform.kernelHeaps().getFirst().status().openable().yes()).isFalse();
        assertThat(platform.udmabufMemory())
                .get()
                .satisfies(heap -> assertThat(heap.status().openable().yes()).isTrue());
        libc.refuse(root.resolve("dev/udmabuf").toString(), Errno.EACCES);
        assertThat(suitability().usable()).isFalse();
    }

    /** The rule is that of kernel heaps: a kernel that has none gives the emulator, unless linux is asked for. */
    @Test
    void aUdmabufAloneIsNoHeapOfTheKernel() throws Exception {
        Files.createDirectories(root.resolve("dev"));
        assertThat(new LinuxPlatform(libc, root).udmabufMemory()).isEmpty();
        Files.createFile(root.resolve("dev/udmabuf"));
        assertThat(suitability().usable()).isFalse();
        assertThat(new LinuxPlatformProvider(root).hasHeaps()).isFalse();
        assertThat(new LinuxPlatform(libc, root).udmabufMemory()).isPresent();
    }

    @Test
    void heapsAndTheirPermissionsMayComeLater() throws Exception {
        var provider = new LinuxPlatformProvider(root);
        assertThat(provider.mayBecomeUsable()).isTrue();
        Files.createDirectories(root.resolve("dev/dma_heap"));
        assertThat(provider.mayBecomeUsable()).isTrue();
        assertThat(provider.hasHeaps()).isFalse();
        node("system");
        assertThat(provider.hasHeaps()).isTrue();
        assertThat(provider.mayBecomeUsable()).isTrue();
    }

    /** As container runtimes leave it: a directory for a device that is missing, and other files. */
    @Test
    void onlyDevicesOfTheClassCountAsHeaps() throws Exception {
        classHasMajor(1);
        Path heaps = Files.createDirectories(root.resolve("dev/dma_heap"));
        Files.createDirectory(heaps.resolve("linux,cma"));
        Files.createFile(heaps.resolve("notes"));
        assertThat(new LinuxPlatformProvider(root).hasHeaps()).isFalse();
        assertThat(suitability().reason()).contains("has no heap");
        Files.createSymbolicLink(heaps.resolve("system"), Path.of("/dev/null"));
        assertThat(new LinuxPlatformProvider(root).hasHeaps()).isTrue();
        assertThat(new LinuxPlatform(libc, root).kernelHeaps())
                .extracting(heap -> heap.name())
                .containsExactly("system");
        classHasMajor(2);
        assertThat(new LinuxPlatformProvider(root).hasHeaps()).isFalse();
    }

    @Test
    void twoNamesOfOneDeviceAreOneHeapAndAnAlias() throws Exception {
        classHasMajor(1);
        Path heaps = Files.createDirectories(root.resolve("dev/dma_heap"));
        Files.createSymbolicLink(heaps.resolve("system"), Path.of("/dev/null"));
        Files.createSymbolicLink(heaps.resolve("linux,cma"), Path.of("system"));
        Files.createSymbolicLink(heaps.resolve("video"), Path.of("/dev/zero"));
        var platform = new LinuxPlatform(libc, root);
        assertThat(platform.kernelHeaps()).extracting(heap -> heap.name()).containsExactly("linux,cma", "video");
        assertThat(platform.heapAliases()).containsExactly(Map.entry("system", "linux,cma"));
    }

    /** The device itself has the name, whatever its links are called. */
    @Test
    void aLinkToANodeIsItsAlias() throws Exception {
        node("system");
        Files.createSymbolicLink(root.resolve("dev/dma_heap/linux,cma"), Path.of("system"));
        var platform = new LinuxPlatform(libc, root);
        assertThat(platform.kernelHeaps()).extracting(heap -> heap.name()).containsExactly("system");
        assertThat(platform.heapAliases()).containsExactly(Map.entry("linux,cma", "system"));
    }

    private void classHasMajor(int major) throws Exception {
        Files.writeString(
                Files.createDirectories(root.resolve("proc")).resolve("devices"),
                "Character devices:\n 10 misc\n" + " %d dma_heap\n".formatted(major) + "\nBlock devices:\n  8 sd\n");
    }

    @Test
    void thePlatformListsEveryNodeByName() throws Exception {
        node("system");
        node("protected,secure-video");
        var platform = new LinuxPlatform(libc, root);
        assertThat(platform.kernelHeaps())
                .extracting(heap -> heap.name())
                .containsExactly("protected,secure-video", "system");
        assertThat(platform.pageSize()).isEqualTo(libc.pageSize());
        Files.writeString(
                Files.createDirectories(root.resolve("proc")).resolve("meminfo"), "MemAvailable:    8192 kB\n");
        assertThat(platform.availableMemory()).isEqualTo(8 << 20);
        platform.close();
    }

    private void node(String name) throws Exception {
        Files.createFile(Files.createDirectories(root.resolve("dev/dma_heap")).resolve(name));
    }

    private PlatformProvider.Suitability suitability() {
        return new LinuxPlatformProvider(root).suitability(libc);
    }
}
