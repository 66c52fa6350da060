package io.dmaheap.cli.play;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One line of a profile. Buffers are spoken of in groups: the frames of a decoder, the layers of a display. */
public sealed interface Step {
    /** Allocates one buffer for each size, all at one moment, into a group. */
    record Burst(String group, List<Long> sizes) implements Step {}

    /** Uses the next buffer of each group, so many times a second, for as many rounds as the profile says. */
    record Cycle(int perSecond, List<String> groups) implements Step {}

    /** Frees and allocates anew a random part of a group, so many times a second, for as many rounds as the profile says. */
    record Refill(String group, int percent, int perSecond) implements Step {}

    /** Frees the oldest buffers of a group. */
    record Free(String group, int count) implements Step {}

    /** A burst of equal buffers. */
    static Step burst(String group, int count, long size) {
        return burst(group, count, List.of(size));
    }

    /** A burst of buffers that takes the sizes in turn. */
    static Step burst(String group, int count, List<Long> sizes) {
        return new Burst(
                group,
                IntStream.range(0, count)
                        .mapToObj(i -> sizes.get(i % sizes.size()))
                        .toList());
    }

    /** See {@link Cycle}. */
    static Step cycle(int perSecond, String... groups) {
        return new Cycle(perSecond, List.of(groups));
    }

    /** Frees a whole group. */
    static Step free(String group) {
        return new Free(group, Integer.MAX_VALUE);
    }

    /** The steps, several times over. */
    static List<Step> repeat(int times, Step... steps) {
        return IntStream.range(0, times).boxed().flatMap(i -> Stream.of(steps)).toList();
    }
}
