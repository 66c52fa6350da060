package io.dmaheap.core.registry;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A client comes back while its idle account is forgotten: the account counts its bytes, or is retired and counts none. */
@JCStressTest
@Outcome(id = "1, 0, 4096", expect = Expect.ACCEPTABLE, desc = "the client was first")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "it was forgotten first")
@Outcome(expect = Expect.FORBIDDEN, desc = "bytes that are counted nowhere")
@State
public class ReserveBesideRetire {
    private final Account account = new Account(Long.MAX_VALUE);

    @Actor
    public void client(III_Result r) {
        r.r1 = account.reserve(4096) ? 1 : 0;
    }

    @Actor
    public void forgetful(III_Result r) {
        r.r2 = account.retire() ? 1 : 0;
    }

    @Arbiter
    public void result(III_Result r) {
        r.r3 = (int) account.taken();
    }
}
