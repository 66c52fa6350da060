package io.dmaheap.bench.allocators;

import java.util.ArrayList;
import java.util.List;

/**
 * What one client of a device allocates: published buffer counts and sizes of real pipelines. A client allocates all of its
 * buffers, replaces some of them while it runs, and frees the rest when it goes.
 *
 * @param title what it is
 * @param replaced how many buffers a client frees and allocates again in its life, as a multiple of its buffers
 * @param buffers what it holds
 */
record Profile(String title, double replaced, List<Buffers> buffers) {

    /**
     * Some buffers of one size.
     *
     * @param count how many
     * @param bytes of each
     */
    record Buffers(int count, long bytes) {
        int pages() {
            return (int) ((bytes + Ranges.PAGE - 1) / Ranges.PAGE);
        }
    }

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long NV12_720P = 1_382_400;
    private static final long NV12_1080P = 3_110_400;
    private static final long NV12_2160P = 12_441_600;
    private static final long ARGB_1080P = 8_294_400;

    static final List<Profile> ALL = List.of(
            of("GPU firmware", 0.5, 24, 4 * KIB, 8, 8 * KIB, 4, 64 * KIB, 2, 2 * MIB),
            of("app switch", 9, 50, 256 * KIB),
            of("GPU app start", 0, 8, 4 * KIB, 7, 16 * KIB, 7, 64 * KIB, 7, 256 * KIB, 7, MIB, 7, 4 * MIB, 7, 16 * MIB),
            of("texture cache", 0.3, 100, MIB),
            of("camera preview", 1, 8, NV12_1080P),
            of("camera streams", 1, 8, NV12_1080P, 6, NV12_720P, 4, 384_000),
            of("camera burst", 0, 10, 24_000_000),
            of("video call", 0.5, 16, NV12_720P, 3, ARGB_1080P),
            of("display", 20, 3, ARGB_1080P),
            of("adaptive decode", 0, 16, NV12_720P, 16, NV12_1080P, 16, NV12_2160P),
            of("decode 2160p", 0, 16, NV12_2160P),
            of("protected playback", 0, 12, NV12_2160P, 4, NV12_1080P, 1, 4 * MIB),
            of("model loading", 0, 8, 64 * MIB, 2, 602_112, 2, 4 * KIB));

    private static Profile of(String title, double replaced, long... countsAndBytes) {
        var buffers = new ArrayList<Buffers>();
        for (int i = 0; i < countsAndBytes.length; i += 2) {
            buffers.add(new Buffers((int) countsAndBytes[i], countsAndBytes[i + 1]));
        }
        return new Profile(title, replaced, List.copyOf(buffers));
    }

    /** The pages of one client. */
    long pages() {
        return buffers.stream()
                .mapToLong(group -> (long) group.count() * group.pages())
                .sum();
    }
}
