package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.linux.proc.CmaPools;
import io.dmaheap.spi.Memory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelHeapNodeTests {
    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path root;

    private KernelHeapNode heap;

    @BeforeEach
    void node() throws Exception {
        heap = heap("system");
    }

    private KernelHeapNode heap(String name) throws Exception {
        Path node = Files.createDirectories(root.resolve("dev/dma_heap")).resolve(name);
        if (!Files.exists(node)) {
            Files.createFile(node);
        }
        return new KernelHeapNode(libc, new HeapNode(node, root), new CmaPools(root, 4096), 4096);
    }

    @Test
    void asksTheKernelForWholePagesCloseOnExecAndNothingElse() {
        Memory memory = heap.allocate(AllocationRequest.of(10_000));
        assertThat(libc.lastLength()).isEqualTo(12_288);
        assertThat(libc.lastFdField()).isZero();
        assertThat(libc.lastFdFlags()).isEqualTo(FileStructs.O_RDWR | FileStructs.O_CLOEXEC);
        assertThat(libc.lastHeapFlags()).isZero();
        assertThat(memory.size()).isEqualTo(12_288);
        memory.release();
    }

    @Test
    void passesTheAccessModeAndVendorFlags() {
        heap.allocate(AllocationRequest.of(4096).withAccess(Access.READ).withHeapFlags(0x80))
                .release();
        assertThat(libc.lastFdFlags()).isEqualTo(FileStructs.O_RDONLY | FileStructs.O_CLOEXEC);
        assertThat(libc.lastHeapFlags()).isEqualTo(0x80);
        heap.allocate(AllocationRequest.of(4096).withAccess(Access.WRITE)).release();
        assertThat(libc.lastFdFlags()).isEqualTo(FileStructs.O_WRONLY | FileStructs.O_CLOEXEC);
    }

    @Test
    void aSecondAllocationIsOneSystemCallAndItsReleaseAnother() {
        heap.allocate(AllocationRequest.of(4096)).release();
        int before = libc.calls().size();
        heap.allocate(AllocationRequest.of(4096)).release();
        assertThat(libc.calls().subList(before, libc.calls().size())).containsExactly("DMA_HEAP_IOCTL_ALLOC", "close");
    }

    @Test
    void aSizeThatIsNoneIsRefusedBeforeTheKernelIsAsked() {
        for (long size : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            HeapException e = refusal(AllocationRequest.of(size));
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIZE);
            assertThat(e.getMessage()).contains("system", Long.toString(size));
        }
        assertThat(libc.calls()).isEmpty();
    }

    @Test
    void aNodeThatMayNotBeOpenedIsShownWithTheLineThatHelps() {
        libc.fail("open", Errno.EACCES);
        HeapException e = refusal(AllocationRequest.of(4096));
        assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(e.errno()).contains("EACCES");
        assertThat(e.operation()).contains("open");
        assertThat(e.heap()).contains("system");
        assertThat(e.getMessage()).contains("SUBSYSTEM==\"dma_heap\", KERNEL==\"system\"", "uid", "rw-");
        assertThat(libc.held()).isEmpty();
    }

    @Test
    void aNodeThatCouldNotBeOpenedIsTriedAgain() {
        libc.fail("open", Errno.EMFILE);
        assertThat(refusal(AllocationRequest.of(4096)).code()).isEqualTo(ErrorCode.TOO_MANY_FILES);
        heap.allocate(AllocationRequest.of(4096)).release();
    }

    @Test
    void aNodeThatIsGoneIsAHeapNotFound() throws Exception {
        Files.delete(root.resolve("dev/dma_heap/system"));
        assertThat(refusal(AllocationRequest.of(4096)).code()).isEqualTo(ErrorCode.HEAP_NOT_FOUND);
    }

    @Test
    void eachRefusalOfTheKernelHasItsCodeAndHint() {
        refusedWith(Errno.ENOMEM, ErrorCode.OUT_OF_MEMORY, "MemAvailable");
        refusedWith(Errno.EMFILE, ErrorCode.TOO_MANY_FILES, "ulimit -n");
        refusedWith(Errno.ENFILE, ErrorCode.TOO_MANY_FILES, "file-nr");
        refusedWith(Errno.EINVAL, ErrorCode.DEVICE_GONE, "TEE");
        refusedWith(Errno.ENODEV, ErrorCode.DEVICE_GONE, "ENODEV");
        refusedWith(Errno.ENOTTY, ErrorCode.UNSUPPORTED, "is no heap");
        refusedWith(Errno.EIO, ErrorCode.SYSTEM_ERROR, "EIO");
        heap.close();
        assertThat(libc.held()).isEmpty();
    }

    private void refusedWith(int errno, ErrorCode code, String hint) {
        libc.fail("DMA_HEAP_IOCTL_ALLOC", errno);
        HeapException e = refusal(AllocationRequest.of(4096));
        assertThat(e.code()).isEqualTo(code);
        assertThat(e.operation()).contains("DMA_HEAP_IOCTL_ALLOC");
        assertThat(e.errno()).contains(Errno.name(errno));
        assertThat(e.getMessage()).contains(hint, "/dev/dma_heap/system");
    }

    @Test
    void flagsThatTheKernelDoesNotKnowAreBlamed() {
        libc.fail("DMA_HEAP_IOCTL_ALLOC", Errno.EINVAL);
        HeapException e = refusal(AllocationRequest.of(4096).withHeapFlags(0x10));
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_FLAGS);
        assertThat(e.getMessage()).contains("0x10");
    }

    @Test
    void anInterruptedAllocationIsRepeated() {
        libc.fail("DMA_HEAP_IOCTL_ALLOC", Errno.EINTR);
        heap.allocate(AllocationRequest.of(4096)).release();
        assertThat(libc.count("DMA_HEAP_IOCTL_ALLOC")).isEqualTo(2);
    }

    @Test
    void aFullCmaAreaIsDescribed() throws Exception {
        Path area = Files.createDirectories(root.resolve("sys/kernel/mm/cma/reserved"));
        Files.writeString(area.resolve("total_pages"), "100\n");
        Files.writeString(area.resolve("available_pages"), "7\n");
        KernelHeapNode cma = heap("default_cma_region");
        libc.fail("DMA_HEAP_IOCTL_ALLOC", Errno.ENOMEM);
        var e = catchThrowableOfType(HeapException.class, () -> cma.allocate(AllocationRequest.of(1 << 20)));
        assertThat(e.getMessage()).contains("28672 bytes of 409600 bytes free", "cma=");
        assertThat(cma.status().total()).hasValue(409_600);
        assertThat(cma.status().free()).hasValue(28_672);
        cma.close();
    }

    @Test
    void statusShowsTheNodeAndWhetherItOpens() {
        assertThat(heap.status().openable().yes()).isTrue();
        assertThat(heap.status().node()).get().satisfies(node -> {
            assertThat(node.path()).endsWith("/dev/dma_heap/system");
            assertThat(node.mode()).hasSize(9);
        });
        libc.fail("open", Errno.EPERM);
        assertThat(heap.status().openable().yes()).isFalse();
        libc.fail("open", Errno.EPERM);
        assertThat(heap.status().openable().reason()).contains("EPERM", "--device");
        assertThat(libc.held()).isEmpty();
    }

    private HeapException refusal(AllocationRequest request) {
        return catchThrowableOfType(HeapException.class, () -> heap.allocate(request));
    }
}
