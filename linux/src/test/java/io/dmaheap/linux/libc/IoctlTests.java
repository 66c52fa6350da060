package io.dmaheap.linux.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmaheap.linux.uapi.DmaBufHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class IoctlTests {
    private static final MemoryLayout TWELVE = MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_INT);

    @Test
    void aNumberHoldsDirectionSizeTypeAndNumber() {
        assertThat(Ioctl.io('u', 0x42)).isEqualTo(0x7542);
        assertThat(Ioctl.iow('u', 0x42, TWELVE)).isEqualTo(0x400C7542);
        assertThat(Ioctl.ior(0xA4, 0, TWELVE)).isEqualTo(0x800CA400L);
        assertThat(Ioctl.iowr('H', 0, TWELVE)).isEqualTo(0xC00C4800L);
    }

    @Test
    void aStructTooLargeForANumberIsRefused() {
        MemoryLayout large = MemoryLayout.sequenceLayout(1 << 14, ValueLayout.JAVA_BYTE);
        assertThatIllegalArgumentException().isThrownBy(() -> Ioctl.iow('x', 0, large));
    }

    @Test
    void anInterruptedCallIsRepeatedUnchanged() {
        var libc = new ScriptedLibc().fail("DMA_BUF_IOCTL_SYNC", Errno.EINTR, Errno.EAGAIN, Errno.EINTR);
        try (Arena arena = Arena.ofConfined()) {
            var argument = arena.allocateFrom(ValueLayout.JAVA_LONG, 3L);
            assertThat(Ioctl.call(libc, 7, DmaBufHeader.DMA_BUF_IOCTL_SYNC, argument))
                    .isZero();
        }
        assertThat(libc.count("DMA_BUF_IOCTL_SYNC")).isEqualTo(4);
        assertThat(libc.syncs()).containsExactly(3L);
    }

    @Test
    void anInterruptEndsTheRepetitionOfACallButNotOfAnEnd() {
        var libc = new ScriptedLibc()
                .fail("DMA_BUF_IOCTL_SYNC", Errno.EAGAIN)
                .fail("DMA_BUF_IOCTL_SYNC", Errno.EAGAIN, Errno.EINTR);
        try (Arena arena = Arena.ofConfined()) {
            var argument = arena.allocateFrom(ValueLayout.JAVA_LONG, 3L);
            Thread.currentThread().interrupt();
            assertThat(Ioctl.call(libc, 7, DmaBufHeader.DMA_BUF_IOCTL_SYNC, argument))
                    .isEqualTo(-Errno.EINTR);
            assertThat(libc.count("DMA_BUF_IOCTL_SYNC")).isEqualTo(1);

            assertThat(Ioctl.finish(libc, 7, DmaBufHeader.DMA_BUF_IOCTL_SYNC, argument))
                    .isZero();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(libc.count("DMA_BUF_IOCTL_SYNC")).isEqualTo(4);
    }

    @Test
    void aCallThatIsToBeRepeatedForLongPausesLongerAndLongerUpToAMillisecond() {
        var repeated = new int[200];
        Arrays.fill(repeated, Errno.EAGAIN);
        var libc = new ScriptedLibc().fail("DMA_BUF_IOCTL_SYNC", repeated);
        var pauses = new ArrayList<Long>();
        try (Arena arena = Arena.ofConfined()) {
            var argument = arena.allocateFrom(ValueLayout.JAVA_LONG, 3L);
            int result =
                    Ioctl.repeat(libc, 7, DmaBufHeader.DMA_BUF_IOCTL_SYNC, argument, -Errno.EAGAIN, true, pauses::add);
            assertThat(result).isZero();
        }
        assertThat(pauses).hasSize(201).isSorted().startsWith(1_000L, 2_000L, 4_000L);
        assertThat(pauses.subList(10, pauses.size())).containsOnly(1_000_000L);
    }

    @Test
    void anyOtherErrorEndsTheCall() {
        var libc = new ScriptedLibc().fail("DMA_BUF_IOCTL_SYNC", Errno.EINTR, Errno.EINVAL);
        try (Arena arena = Arena.ofConfined()) {
            var argument = arena.allocateFrom(ValueLayout.JAVA_LONG, 3L);
            assertThat(Ioctl.call(libc, 7, DmaBufHeader.DMA_BUF_IOCTL_SYNC, argument))
                    .isEqualTo(-Errno.EINVAL);
        }
    }
}
