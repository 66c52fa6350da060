package io.dmaheap.cli.secure;

import io.dmaheap.Access;
import io.dmaheap.AccessList;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Protection;
import io.dmaheap.cli.output.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

        /** The buffers that so many pictures pass. */
        List<DmaBuf> used(int pictures) {
            return Stream.concat(Stream.of(bitstream), frames.stream().limit(pictures))
                    .toList();
        }
    }

    /**
     * Plays.
     *
     * @throws HeapException if not even the smallest video fits
     */
    public Result play() {
        var loans = new Loans(heaps);
        FrameSize size;
        Optional<Place> place;
        try (Buffers buffers = allocate(loans)) {
            size = buffers.size();
            vouch(buffers.bitstream());
            accessList(buffers.bitstream());
            cpu(buffers.frames().getFirst());
            place = transfer(buffers);
        }
        proofs.addAll(loans.proofs(1 + FRAMES));
        leftovers(size, place, loans.areSeen());
        return new Result(size, proofs);
    }

    private Buffers allocate(Loans loans) {
        List<FrameSize> sizes = wanted.map(List::of).orElse(FrameSize.USUAL);
        for (FrameSize size : sizes.subList(0, sizes.size() - 1)) {
            try {
                return allocate(size, loans);
            } catch (HeapException e) {
                if (e.code() != ErrorCode.OUT_OF_MEMORY && e.code() != ErrorCode.LIMIT_EXCEEDED) {
                    throw e;
                }
            }
        }
        return allocate(sizes.getLast(), loans);
    }

    private Buffers allocate(FrameSize size, Loans loans) {
        Buffers buffers = allocate(size, loans::first);
        loans.all();
        return buffers;
    }

    private Buffers allocate(FrameSize size, Runnable afterFirst) {
        List<DmaBuf> all = new ArrayList<>();
        try {
            all.add(heap.allocate(Math.ceilDiv(size.bytes(), BITSTREAM_SHARE)));
            afterFirst.run();
            for (int i = 0; i < FRAMES; i++) {
                all.add(heap.allocate(size.bytes()));
            }
            return new Buffers(size, all.getFirst(), all.subList(1, all.size()));
        } catch (RuntimeException e) {
            all.reversed().forEach(DmaBuf::close);
            throw e;
        }
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
        String what = "only some devices may touch it";
        List<String> names = heaps.devices().stream().map(DeviceInfo::name).toList();
        proofs.add(buffer.accessList()
                .map(list -> Proof.of(
                        !list.equals(AccessList.NOBODY)
                                && !names.stream().allMatch(name -> list.permits(name, Access.READ_WRITE)),
                        what,
                        list.toString()))
                .orElseGet(() -> Proof.unknown(what, "this platform does not say who may touch a buffer")));
    }

    private void cpu(DmaBuf buffer) {
        String what = "the CPU cannot read it";
        try {
            buffer.read().close();
            proofs.add(Proof.broken(what, "the CPU could map a frame"));
        } catch (HeapException e) {
            // Only this refusal is about the memory. A process out of memory or of file descriptors proves nothing.
            proofs.add(
                    e.code() == ErrorCode.NOT_CPU_ACCESSIBLE
                            ? Proof.proven(
                                    what,
                                    (e.errno().isEmpty()
                                                    ? "refused before any system call: "
                                                    : "refused by the kernel: ")
                                            + e.code()
                                            + e.errno()
                                                    .map(errno -> " " + errno)
                                                    .orElse(""))
                            : Proof.unknown(what, "the attempt failed for another reason: " + e.getMessage()));
        }
    }

    /** The place of what the pictures passed, where devices tell it. */
    private Optional<Place> transfer(Buffers buffers) {
        String what = "pictures pass from device to device";
        var pipeline = new Pipeline(heaps, buffers.bitstream());
        if (pipeline.devices().isEmpty()) {
            String why = "a real kernel names no devices; their drivers attach buffers themselves";
            proofs.add(Proof.unknown(what, why));
            proofs.addAll(Intruders.unknown(why));
            return Optional.empty();
        }
        if (pipeline.isComplete()) {
            int wrong = 0;
            for (int i = 0; i < pictures; i++) {
                wrong += pipeline.show(buffers.bitstream(), buffers.frames().get(i % FRAMES), i) ? 0 : 1;
            }
            proofs.add(Proof.of(
                    wrong == 0,
                    what,
                    pipeline.way() + ", " + pictures + " pictures of " + buffers.size() + ", " + wrong + " wrong"));
        } else {
            proofs.add(Proof.unknown(what, "no device for a part of the way: " + pipeline.way()));
        }
        DmaBuf frame = buffers.frames().getFirst();
        proofs.addAll(new Intruders(pipeline.devices(), frame).proofs(pipeline.place(frame)));
        return pipeline.isComplete() ? Optional.of(place(pipeline, buffers.used(pictures))) : Optional.empty();
    }

    private static Place place(Pipeline pipeline, List<DmaBuf> buffers) {
        return Place.together(
                buffers.stream().flatMap(one -> pipeline.place(one).stream()).toList());
    }

    /**
     * What the next owner of this heap's memory finds of the video. What was lent was the normal world's in between, so it must come
     * without; a pool of the secure world's own need not.
     */
    private void leftovers(FrameSize size, Optional<Place> video, boolean lent) {
        String what = "nothing of the video is left behind";
        if (video.isEmpty()) {
            proofs.add(Proof.unknown(what, "nobody here can look into a new buffer"));
            return;
        }
        Found found = Found.NOTHING;
        boolean zeroed;
        try (Buffers next = allocate(size, () -> {})) {
            zeroed = next.bitstream().traits().zeroed() == Answer.YES;
            var pipeline = new Pipeline(heaps, next.bitstream());
            for (DmaBuf buffer : next.used(FRAMES)) {
                found = found.and(
                        pipeline.look(buffer, place(pipeline, List.of(buffer)).partsIn(video.get())));
            }
        } catch (HeapException e) {
            proofs.add(Proof.unknown(what, "there are no new buffers: " + e.getMessage()));
            return;
        }
        proofs.add(leftovers(what, found, video.get().bytes(), lent || zeroed));
    }

    private static Proof leftovers(String what, Found found, long video, boolean promised) {
        String seen = "new buffers have "
                + (found.read() == video ? "all " : Sizes.text(found.read()) + " of ")
                + Sizes.text(video) + " that the video was in, and find ";
        if (found.dirty() == 0) {
            return found.read() == video
                    ? Proof.proven(what, seen + "zeros")
                    : Proof.unknown(what, seen + "zeros there");
        }
        return promised
                ? Proof.broken(what, seen + Sizes.text(found.dirty()) + " that are not zero")
                : new Proof(
                        what,
                        Proof.Outcome.KEPT,
                        seen + Sizes.text(found.dirty())
                                + " that are not zero: whoever gets memory of this heap next can see it; the heap promises no zeros");
    }
}
