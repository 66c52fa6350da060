package io.dmaheap.interleavings.broken;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two releases of a count that looks and then writes: both may see the end, or neither. */
@JCStressTest
@Outcome(
        id = {"1, 0", "0, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "ended once")
@Outcome(expect = Expect.FORBIDDEN, desc = "never ended, or ended twice")
@State
public class CheckThenAct {
    private volatile int references = 2;

    private boolean release() {
        int left = references - 1;
        references = left;
        return left == 0;
    }

    @Actor
    public void one(II_Result r) {
        r.r1 = release() ? 1 : 0;
    }

    @Actor
    public void two(II_Result r) {
        r.r2 = release() ? 1 : 0;
    }
}
