package io.dmaheap.vm.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.Choice;
import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.vm.ChildJvm;
import io.dmaheap.vm.KernelTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user of a desktop: no heap of the kernel can be opened, and udev has given the seat's user {@code /dev/udmabuf}. */
@Timeout(600)
class OrdinaryUserTests {
    private static final Path UDMABUF = Path.of("/dev/udmabuf");
    private static final int USER = 1000;

    private Set<PosixFilePermission> before;

    @BeforeEach
    void giveUdmabuf() throws IOException {
        before = Files.getPosixFilePermissions(UDMABUF);
        Files.setPosixFilePermissions(UDMABUF, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    @AfterEach
    void takeItBack() throws IOException {
        Files.setPosixFilePermissions(UDMABUF, before);
    }

    /** Runs in the child: the tests of the classes named. */
    static final class Contract {
        public static void main(String[] args) {
            Privileges.drop(USER);
            KernelTests.main(args);
        }
    }

    @Test
    void theContractHoldsOnUdmabuf() throws Exception {
        String output = ChildJvm.output(ChildJvm.of("exec", Contract.class, "user.UdmabufHeapContractTests")
                .start());
        assertThat(output).contains(" 0 failed").endsWith("exit 0");
    }

    /** Runs in the child: chooses, allocates, exports, imports, and tries the heap that it may not open. */
    static final class Desktop {
        public static void main(String[] args) {
            Privileges.drop(USER);
            try (Heaps heaps = Heaps.open()) {
                System.out.println("platform " + heaps.platform());
                heaps.heaps()
                        .forEach(heap -> System.out.println("heap " + heap.name() + " usable "
                                + heap.openable().yes()));
                try (Choice choice = heaps.choose(Need.any().ofSize(1 << 20));
                        Heap heap = choice.open();
                        DmaBuf buffer = heap.allocate(1 << 20);
                        DmaBufFd fd = buffer.exportFd();
                        DmaBuf same = heaps.importFd(fd.number())) {
                    System.out.println("chosen " + heap.name() + ", "
                            + buffer.info().exporter().orElse("?") + ", the same "
                            + (same.info().inode() == buffer.info().inode()));
                }
                try (Heap system = heaps.heap("system")) {
                    system.allocate(4096).close();
                } catch (HeapException e) {
                    System.out.println(e.code() + " " + e.getMessage());
                }
                System.out.println("problems " + heaps.problems());
            }
        }
    }

    @Test
    void chooseTakesUdmabufAndTheKernelsHeapSaysWhyNot() throws Exception {
        String output = ChildJvm.output(ChildJvm.of("exec", Desktop.class).start());
        assertThat(output)
                .containsPattern("platform .*linux.*udmabuf can be opened")
                .contains(
                        "heap system usable false",
                        "heap udmabuf usable true",
                        "chosen udmabuf, udmabuf, the same true")
                .containsPattern("PERMISSION_DENIED .*SUBSYSTEM==\"dma_heap\".*the heap udmabuf gives")
                .contains("problems []")
                .endsWith("exit 0");
    }
}
