package io.dmaheap.interleavings.count;

import io.dmaheap.core.life.RefCount;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A retain that comes too late adds and takes back beside the last release: nobody gets in, and one of them sees the end. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the release saw the end")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the failed retain saw the end")
@Outcome(expect = Expect.FORBIDDEN, desc = "revived, never ended, or ended twice")
@State
public class RetainBesideLastRelease {
    private final RefCount count = RefCount.open();

    public RetainBesideLastRelease() {
        count.retain();
        count.close();
    }

    @Actor
    public void last(II_Result r) {
        r.r1 = count.release() ? 1 : 0;
    }

    @Actor
    public void late(II_Result r) {
        r.r2 = switch (count.retain()) {
            case YES -> 9;
            case ENDED -> 1;
            case CLOSED -> 0;
        };
    }
}
