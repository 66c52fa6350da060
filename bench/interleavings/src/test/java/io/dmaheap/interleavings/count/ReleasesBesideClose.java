package io.dmaheap.interleavings.count;

import io.dmaheap.core.life.RefCount;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Of two references one is dropped while the count is closed and the other dropped: it ends once. */
@JCStressTest
@Outcome(
        id = {"1, 0", "0, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "whoever came last saw the end")
@Outcome(expect = Expect.FORBIDDEN, desc = "never ended, or ended twice")
@State
public class ReleasesBesideClose {
    private final RefCount count = RefCount.open();

    public ReleasesBesideClose() {
        count.retain();
        count.retain();
    }

    @Actor
    public void one(II_Result r) {
        r.r1 = count.release() ? 1 : 0;
    }

    @Actor
    public void closer(II_Result r) {
        r.r2 = (count.close() ? 1 : 0) + (count.release() ? 1 : 0);
    }
}
