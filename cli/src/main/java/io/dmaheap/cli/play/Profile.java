package io.dmaheap.cli.play;

import io.dmaheap.Need;
import java.util.List;

/**
 * What one kind of pipeline does with memory.
 *
 * @param name what to type
 * @param description one line
 * @param need what it needs of a heap
 * @param frames the rounds of each cycle, unless told otherwise
 * @param steps in order; what is left at the end is freed
 */
public record Profile(String name, String description, Need need, int frames, List<Step> steps) {
    /** Copies the list. */
    public Profile {
        steps = List.copyOf(steps);
    }

    /** The events of this profile. */
    public Workload workload(int rounds, long seed) {
        return sink -> new Schedule(rounds, seed, sink).run(this);
    }
}
