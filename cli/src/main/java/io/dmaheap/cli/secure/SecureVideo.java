package io.dmaheap.cli.secure;

import io.dmaheap.AccessList;
import io.dmaheap.Answer;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryMap.Extent;
import io.dmaheap.Protection;
import io.dmaheap.cli.output.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Plays a protected video on a heap and proves what protects it: who may touch the buffers and who is stopped, that the CPU reads
 * nothing, what is lent and comes back, and that nothing of the video is left behind.
 */
public final class SecureVideo {
    private static final String USE_CASE = "secure-video";
    private static final int FRAMES = 4;
    private static final long BITSTREAM_SHARE = 8;

    private final Heaps heaps;
    private final Heap heap;
    private final Optional<FrameSize> wanted;
    private final int pictures;
    private final List<Proof> proofs = new ArrayList<>();

    /** Plays so many pictures on the heap; without a size, in the largest usual one that fits. */
    public SecureVideo(Heaps heaps, Heap heap, Optional<FrameSize> wanted, int pictures) {
        this.heaps = heaps;
        this.heap = heap;
        this.wanted = wanted;
        this.pictures = pictures;
    }

    /**
     * What came of it.
     *
     * @param frame the size of the pictures
     * @param proofs one for each claim
     */
    public record Result(FrameSize frame, List<Proof> proofs) {
        /** Copies the list. */
        public Result {
            proofs = List.copyOf(proofs);
        }

        /** Whether no claim is broken. */
        public boolean ok() {
            return proofs.stream().noneMatch(proof -> proof.outcome() == Proof.Outcome.BROKEN);
        }
    }

    /** Buffers of one video; closing gives them back. */
    private record Buffers(FrameSize size, DmaBuf bitstream, List<DmaBuf> frames) implements AutoCloseable {
        @Override
        public void close() {
            frames.forEach(DmaBuf::close);
            bitstream.close();
        }
    }

    /**
     * Plays.
     *
     * @throws HeapException if not even the smallest video fits
     */
    public Result play() {
        long lentBefore = lent();
        FrameSize size;
        long lentMeanwhile;
        try (Buffers buffers = allocate()) {
            size = buffers.size();
            lentMeanwhile = lent() - lentBefore;
            vouch(buffers.bitstream());
            accessList(buffers.bitstream());
            cpu(buffers.frames().getFirst());
            transfer(buffers);
        }
        lending(lentMeanwhile, lent() - lentBefore);
        leftovers(size, lentMeanwhile > 0);
        return new Result(size, proofs);
    }

    private long lent() {
        return heaps.memoryMap().areas().stream()
                .flatMap(area -> area.extents().stream())
                .flatMap(List::stream)
                .filter(Extent::lent)
                .mapToLong(Extent::size)
                .sum();
    }

    private Buffers allocate() {
        List<FrameSize> sizes = wanted.map(List::of).orElse(FrameSize.USUAL);
        for (FrameSize size : sizes.subList(0, sizes.size() - 1)) {
            try {
                return allocate(size);
            } catch (HeapException e) {
                if (e.code() != ErrorCode.OUT_OF_MEMORY && e.code() != ErrorCode.LIMIT_EXCEEDED) {
                    throw e;
                }
            }
        }
        return allocate(sizes.getLast());
    }

    private Buffers allocate(FrameSize size) {
        List<DmaBuf> all = new ArrayList<>();
        try {
            all.add(heap.allocate(bitstream(size)));
            for (int i = 0; i < FRAMES; i++) {
                all.add(heap.allocate(size.bytes()));
            }
            return new Buffers(size, all.getFirst(), all.subList(1, all.size()));
        } catch (RuntimeException e) {
            all.reversed().forEach(DmaBuf::close);
            throw e;
        }
    }

    private static long bitstream(FrameSize size) {
        return Math.ceilDiv(size.bytes(), BITSTREAM_SHARE);
    }

    private void vouch(DmaBuf buffer) {
        try {
            Protection protection = Protection.require(buffer, USE_CASE);
            proofs.add(Proof.proven("protected for secure video", protection.kind() + ", vouched for"));
        } catch (HeapException e) {
            proofs.add(Proof.broken("protected for secure video", String.valueOf(e.getMessage())));
        }
    }

    private void accessList(DmaBuf buffer) {
        proofs.add(buffer.accessList()
                .map(list ->
                        Proof.of(!list.equals(AccessList.NOBODY), "only some devices may touch it", list.toString()))
                .orElseGet(() -> Proof.unknown(
                        "only some devices may touch it", "this platform does not say who may touch a buffer")));
    }

    private void cpu(DmaBuf buffer) {
        try {
            buffer.read().close();
            proofs.add(Proof.broken("the CPU cannot read it", "the CPU could map a frame"));
        } catch (HeapException e) {
            proofs.add(Proof.of(
                    e.code() == ErrorCode.NOT_CPU_ACCESSIBLE,
                    "the CPU cannot read it",
                    "refused before any system call: " + e.code()));
        }
    }

    private void transfer(Buffers buffers) {
        var pipeline = new Pipeline(heaps, buffers.bitstream());
        if (!pipeline.isKnown()) {
            String why = "a real kernel names no devices; their drivers attach buffers themselves";
            proofs.add(Proof.unknown("pictures pass from device to device", why));
            proofs.add(Proof.unknown("all other devices are stopped", why));
            return;
        }
        if (pipeline.isComplete()) {
            int wrong = 0;
            for (int i = 0; i < pictures; i++) {
                wrong += pipeline.show(buffers.bitstream(), buffers.frames().get(i % FRAMES), i) ? 0 : 1;
            }
            proofs.add(Proof.of(
                    wrong == 0,
                    "pictures pass from device to device",
                    pipeline.way() + ", " + pictures + " pictures of " + buffers.size() + ", " + wrong + " wrong"));
        } else {
            proofs.add(Proof.unknown(
                    "pictures pass from device to device", "no device for a part of the way: " + pipeline.way()));
        }
        List<Pipeline.Attempt> attempts = pipeline.attempts(buffers.frames().getFirst());
        List<String> through = attempts.stream()
                .filter(one -> one.stopped().isEmpty())
                .map(one -> one.device() + " could " + one.access())
                .toList();
        String seen = attempts.stream()
                .map(one -> one.device() + " " + one.access() + " "
                        + one.stopped().map(Enum::name).orElse("NOT STOPPED"))
                .collect(Collectors.joining(", "));
        proofs.add(Proof.of(
                through.isEmpty() && !attempts.isEmpty(),
                "all other devices are stopped",
                attempts.size() + " attempts: " + seen));
    }

    private void lending(long meanwhile, long afterwards) {
        String what = "what is lent comes back";
        proofs.add(
                meanwhile == 0 && afterwards == 0
                        ? Proof.unknown(
                                what,
                                "nothing was seen to be lent: the secure world owns the pool, or nobody here tells")
                        : Proof.of(
                                afterwards == 0,
                                what,
                                Sizes.text(meanwhile) + " lent with the first buffer, "
                                        + (afterwards == 0 ? "all" : "not " + Sizes.text(afterwards))
                                        + " reclaimed after the last"));
    }

    /** What was lent was the normal world's in between, so it must come without the video; a pool of the secure world's own need not. */
    private void leftovers(FrameSize size, boolean lent) {
        String what = "nothing of the video is left behind";
        try (DmaBuf buffer = heap.allocate(bitstream(size))) {
            var pipeline = new Pipeline(heaps, buffer);
            if (!pipeline.isComplete()) {
                proofs.add(Proof.unknown(what, "nobody here can look into a new buffer"));
            } else if (!pipeline.hasOldContents(buffer)) {
                proofs.add(Proof.proven(what, "a new buffer in the same place holds zeros"));
            } else if (lent || buffer.traits().zeroed() == Answer.YES) {
                proofs.add(Proof.broken(what, "a new buffer holds what the last owner wrote"));
            } else {
                proofs.add(Proof.unknown(
                        what,
                        "a new buffer holds what the last owner wrote, which other users of this pool can see; it never leaves the"
                                + " secure world, and the heap's traits do not promise zeros"));
            }
        }
    }
}
