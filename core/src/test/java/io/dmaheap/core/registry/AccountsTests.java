package io.dmaheap.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.dmaheap.core.policy.HeapPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AccountsTests {
    private static final long PAGE = 4096;

    private final Accounts accounts = new Accounts("system", HeapPolicy.NONE);

    private Account reserve(String client) {
        Account account = accounts.reserveForClient(Optional.of(client), PAGE);
        assertThat(account).isNotNull();
        return account;
    }

    @Test
    void namesThatAreNoLongerUsedAreForgotten() {
        Account kept = reserve("kept");
        for (int i = 0; i < 100_000; i++) {
            reserve("stream " + i).add(-PAGE);
        }

        assertThat(accounts.accounts()).isLessThan(200);
        assertThat(accounts.takenByClient()).containsExactly(entry("kept", PAGE));
        kept.add(-PAGE);
        assertThat(accounts.takenByClient()).isEmpty();
    }

    @Test
    void aClientThatComesBackWhileIdleOnesAreForgottenLosesNothing() throws Exception {
        int threads = 4;
        int rounds = 20_000;
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var tasks = new ArrayList<Callable<Void>>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                tasks.add(() -> {
                    for (int round = 0; round < rounds; round++) {
                        Account shared = reserve("shared");
                        reserve("once " + thread + " " + round).add(-PAGE);
                        assertThat(accounts.takenByClient().get("shared")).isPositive();
                        shared.add(-PAGE);
                    }
                    return null;
                });
            }
            for (Future<Void> done : pool.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                done.get(0, TimeUnit.SECONDS);
            }
        }
        assertThat(accounts.takenByClient()).isEmpty();
        List<Account> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(reserve("shared"));
        }
        assertThat(accounts.takenByClient()).containsExactly(entry("shared", threads * PAGE));
        all.forEach(account -> account.add(-PAGE));
    }
}
