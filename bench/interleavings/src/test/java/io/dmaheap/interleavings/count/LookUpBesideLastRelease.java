package io.dmaheap.interleavings.count;

import io.dmaheap.core.life.RefCount;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A buffer is looked up while its last reference is dropped: found alive or not at all, never after its end. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "not found")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "found, and ended by the finder")
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "found and dropped before the end")
@Outcome(expect = Expect.FORBIDDEN, desc = "revived, never ended, or ended twice")
@State
public class LookUpBesideLastRelease {
    private final RefCount count = RefCount.held();

    @Actor
    public void last(II_Result r) {
        r.r1 = count.release() ? 1 : 0;
    }

    @Actor
    public void finder(II_Result r) {
        if (count.retainIfHeld()) {
            r.r2 = count.release() ? 1 : 2;
        }
    }
}
