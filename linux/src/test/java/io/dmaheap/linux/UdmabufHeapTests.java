package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.ScriptedLibc;
import io.dmaheap.spi.Memory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UdmabufHeapTests {
    private static final String LIMIT = "sys/module/udmabuf/parameters/size_limit_mb";

    private final ScriptedLibc libc = new ScriptedLibc();

    @TempDir
    Path root;

    private UdmabufHeap heap;

    @BeforeEach
    void machine() throws Exception {
        write("dev/udmabuf", "");
        write("proc/meminfo", "MemAvailable:    1048576 kB\n");
        heap = new UdmabufHeap(libc, root);
    }

    private void write(String file, String text) throws Exception {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void aBufferIsADmaBufOfWholePagesWhoseMemoryFileIsClosed() {
        Memory memory = heap.allocate(AllocationRequest.of(10_000));
        assertThat(memory.size()).isEqualTo(12_288);
        assertThat(memory.info().descriptor()).isEqualTo(Descriptor.DMA_BUF);
        assertThat(libc.calls()).containsSubsequence("memfd_create", "ftruncate", "fcntl", "UDMABUF_CREATE", "close");
        memory.exportFd().close();
        memory.release();
        heap.close();
        assertThat(libc.held()).isEmpty();
    }

    @Test
    void aSizeThatIsNoneIsRefusedBeforeTheKernelIsAsked() {
        for (long size : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(refusal(size).code()).isEqualTo(ErrorCode.INVALID_SIZE);
        }
        assertThat(libc.calls()).isEmpty();
    }

    @Test
    void theLimitOfTheKernelIsNamedWithTheLineThatRaisesIt() throws Exception {
        write(LIMIT, "64\n");
        assertThat(heap.status().largest()).hasValue(64L << 20);
        heap.allocate(AllocationRequest.of(64L << 20)).release();
        HeapException e = refusal((64L << 20) + 1);
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIZE);
        assertThat(e.errno()).contains("EINVAL");
        assertThat(e.getMessage()).contains("67108864 bytes", "echo 65 | sudo tee " + root.resolve(LIMIT));
        write(LIMIT, "128\n");
        heap.allocate(AllocationRequest.of((64L << 20) + 1)).release();
    }

    @Test
    void moreThanTheCgroupHasLeftIsRefusedInsteadOfWakingTheOomKiller() throws Exception {
        write("proc/self/cgroup", "0::/box\n");
        write("sys/fs/cgroup/box/memory.max", "1048576\n");
        write("sys/fs/cgroup/box/memory.current", "524288\n");
        write("sys/fs/cgroup/box/memory.stat", "anon 524288\n");
        heap.allocate(AllocationRequest.of(524_288)).release();
        HeapException e = refusal(528_384);
        assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
        assertThat(e.errno()).contains("ENOMEM");
        assertThat(e.getMessage()).contains("524288 bytes left", "memory.max");
    }

    @Test
    void aNodeThatMayNotBeOpenedIsShownWithTheLineThatHelpsAndTriedAgain() {
        String node = root.resolve("dev/udmabuf").toString();
        libc.refuse(node, Errno.EACCES);
        HeapException e = refusal(4096);
        assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(e.heap()).contains("udmabuf");
        assertThat(e.getMessage()).contains("KERNEL==\"udmabuf\", TAG+=\"uaccess\"", "uid");
        assertThat(heap.status().openable().yes()).isFalse();
        assertThat(libc.held()).isEmpty();
        libc.refuse(node, 0);
        assertThat(heap.status().openable().yes()).isTrue();
        heap.allocate(AllocationRequest.of(4096)).release();
    }

    @Test
    void eachRefusalOfTheKernelHasItsCodeAndLosesNothing() {
        refusedWith("UDMABUF_CREATE", Errno.EINVAL, ErrorCode.INVALID_SIZE, "size_limit_mb");
        refusedWith("UDMABUF_CREATE", Errno.ENOMEM, ErrorCode.OUT_OF_MEMORY, "MemAvailable");
        refusedWith("UDMABUF_CREATE", Errno.EMFILE, ErrorCode.TOO_MANY_FILES, "ulimit -n");
        refusedWith("UDMABUF_CREATE", Errno.ENOTTY, ErrorCode.UNSUPPORTED, "is no udmabuf");
        refusedWith("memfd_create", Errno.EPERM, ErrorCode.PERMISSION_DENIED, "seccomp");
        heap.close();
        assertThat(libc.held()).isEmpty();
    }

    private void refusedWith(String call, int errno, ErrorCode code, String hint) {
        libc.fail(call, errno);
        HeapException e = refusal(4096);
        assertThat(e.code()).isEqualTo(code);
        assertThat(e.operation()).contains(call);
        assertThat(e.errno()).contains(Errno.name(errno));
        assertThat(e.getMessage()).contains(hint);
    }

    /** The kernel makes descriptors for reading and writing only, so one that grants less cannot be given out. */
    @Test
    void aBufferThatGrantsLessThanTheKernelDoesHasNoDescriptorForOthers() {
        Memory memory = heap.allocate(AllocationRequest.of(4096).withAccess(Access.READ));
        HeapException e = catchThrowableOfType(HeapException.class, memory::exportFd);
        assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(e.getMessage()).contains("always read and write", "READ_WRITE");
        memory.map(Access.READ).unmap();
        memory.release();
    }

    @Test
    void aClosedHeapGivesNothingOut() {
        heap.close();
        assertThatIllegalStateException().isThrownBy(() -> heap.allocate(AllocationRequest.of(4096)));
        assertThat(libc.held()).isEmpty();
    }

    private HeapException refusal(long size) {
        return catchThrowableOfType(HeapException.class, () -> heap.allocate(AllocationRequest.of(size)));
    }
}
