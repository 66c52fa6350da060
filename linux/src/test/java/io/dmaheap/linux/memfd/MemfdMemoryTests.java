package io.dmaheap.linux.memfd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dmaheap.Access;
import io.dmaheap.BufferInfo.Descriptor;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.spi.Mapping;
import io.dmaheap.spi.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real system calls: any Linux has memfds. */
class MemfdMemoryTests {
    private static final long SIZE = 3 * 4096;

    private final Memfds memfds = Memfds.open();

    @AfterEach
    void close() {
        memfds.close();
    }

    @Test
    void startsZeroedAndKeepsWhatIsWritten() {
        Memory memory = memfds.allocate("system", SIZE, Access.READ_WRITE, Optional.empty());
        Mapping mapping = memory.map(Access.READ_WRITE);
        try (Arena arena = Arena.ofConfined()) {
            var segment = mapping.segment(arena);
            assertThat(segment.byteSize()).isEqualTo(SIZE);
            assertThat(segment.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
            segment.fill((byte) 7);
            assertThat(mapping.segment(arena).get(ValueLayout.JAVA_BYTE, SIZE - 1))
                    .isEqualTo((byte) 7);
        }
        mapping.unmap();
        memory.release();
    }

    @Test
    void aReadMappingCannotBeWritten() {
        Memory memory = memfds.allocate("system", SIZE, Access.READ_WRITE, Optional.empty());
        Mapping mapping = memory.map(Access.READ);
        try (Arena arena = Arena.ofConfined()) {
            var segment = mapping.segment(arena);
            assertThat(segment.isReadOnly()).isTrue();
        }
        mapping.unmap();
        memory.release();
    }

    @Test
    void anExportOpensTheSameBytesElsewhere() {
        Memory memory = memfds.allocate("system", SIZE, Access.READ_WRITE, Optional.empty());
        Mapping written = memory.map(Access.WRITE);
        try (DmaBufFd fd = memory.exportFd();
                Arena arena = Arena.ofConfined()) {
            written.segment(arena).set(ValueLayout.JAVA_INT, 4096, 42);
            var imported = memfds.importFd(fd.number());
            assertThat(imported.size()).isEqualTo(SIZE);
            assertThat(imported.info()).isEqualTo(memory.info());
            assertThat(imported.info().descriptor()).isEqualTo(Descriptor.MEMFD);
            Mapping read = imported.map(Access.READ);
            assertThat(read.segment(arena).get(ValueLayout.JAVA_INT, 4096)).isEqualTo(42);
            read.unmap();
            imported.release();
        }
        written.unmap();
        memory.release();
    }

    @Test
    void whoeverGotAReadOnlyDescriptorCannotMapItForWriting() {
        Memory memory = memfds.allocate("system", SIZE, Access.READ, Optional.empty());
        try (DmaBufFd fd = memory.exportFd()) {
            var imported = memfds.importFd(fd.number());
            imported.map(Access.READ).unmap();
            assertThatExceptionOfType(HeapException.class)
                    .isThrownBy(() -> imported.map(Access.WRITE))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.ACCESS_DENIED))
                    .satisfies(e -> assertThat(e.errno()).contains("EACCES"));
            imported.release();
        }
        memory.release();
    }

    @Test
    void aTokenHasSizeAndIdentityButNoMapping() {
        TokenMemory token = memfds.token("secure", SIZE, Optional.empty());
        try (DmaBufFd fd = token.exportFd()) {
            var imported = memfds.importFd(fd.number());
            assertThat(imported.size()).isEqualTo(SIZE);
            assertThat(imported.info()).isEqualTo(token.info());
            assertThatExceptionOfType(HeapException.class)
                    .isThrownBy(() -> imported.map(Access.READ))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_CPU_ACCESSIBLE));
            imported.release();
        }
        token.release();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, SIZE + 1})
    void aMemoryFileThatIsNotWholePagesIsNoBuffer(long size) {
        TokenMemory token = memfds.token("secure", size, Optional.empty());
        try (DmaBufFd fd = token.exportFd()) {
            assertThatExceptionOfType(HeapException.class)
                    .isThrownBy(() -> memfds.importFd(fd.number()))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SIZE))
                    .satisfies(e -> assertThat(e.errno()).contains("EINVAL"))
                    .withMessageContaining(size + " bytes");
        }
        token.release();
    }
}
