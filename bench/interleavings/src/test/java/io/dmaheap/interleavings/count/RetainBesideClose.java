package io.dmaheap.interleavings.count;

import io.dmaheap.core.life.RefCount;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** One thread takes a reference and drops it again while another closes: one of them sees the end. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the user saw the end")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the closer saw the end")
@Outcome(expect = Expect.FORBIDDEN, desc = "never ended, or ended twice")
@State
public class RetainBesideClose {
    private final RefCount count = RefCount.open();

    @Actor
    public void user(II_Result r) {
        r.r1 = switch (count.retain()) {
            case YES -> count.release() ? 1 : 0;
            case ENDED -> 1;
            case CLOSED -> 0;
        };
    }

    @Actor
    public void closer(II_Result r) {
        r.r2 = count.close() ? 1 : 0;
    }
}
