package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.policy.HeapPolicy;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the buffers of all heaps of one name take, in all and by client, against the limits of the policy, which are limits of the name:
 * two versions of a plugin share them. Buffers without a client share an account of their own. Safe for use by several threads.
 */
final class Accounts {
    private static final String NOBODY = "";
    private static final int FEW = 64;

    private final String heap;
    private final HeapPolicy policy;
    private final boolean limitsClients;
    private final Account total;
    private final ConcurrentHashMap<String, Account> clients = new ConcurrentHashMap<>();
    /** With so many accounts idle ones are forgotten. Written in a race, which does no harm. */
    private volatile int most = FEW;

    Accounts(String heap, HeapPolicy policy) {
        this.heap = heap;
        this.policy = policy;
        this.limitsClients = policy.limitsClients();
        this.total = new Account(policy.total());
    }

    /**
     * Counts the bytes of a request for its client.
     *
     * @return where they are counted, null if they are not
     * @throws HeapException {@link ErrorCode#LIMIT_EXCEEDED}
     */
    @Nullable
    Account reserveForClient(Optional<String> client, long size) {
        if (!counts(client)) {
            return null;
        }
        String name = client.orElse(NOBODY);
        while (true) {
            Account account = account(name);
            if (account.reserve(size)) {
                return account;
            }
            if (!account.isRetired()) {
                throw exceededByClient(client, account, size);
            }
            clients.remove(name, account);
        }
    }

    private HeapException exceededByClient(Optional<String> client, Account account, long size) {
        String whose = client.map(name -> "the client " + name).orElse("requests without a client");
        return exceeded("the buffers of " + whose + " take " + account.taken() + " bytes of this heap, and with " + size
                        + " more it would be over the " + account.limit + " that the policy allows")
                .hint("Close buffers of that client, or raise limit." + heap + ".client"
                        + client.map(name -> "." + name).orElse("") + " in the policy file")
                .build();
    }

    /**
     * Counts the bytes of a request for the heap.
     *
     * @throws HeapException {@link ErrorCode#LIMIT_EXCEEDED}
     */
    void reserve(long size) {
        if (!total.reserve(size)) {
            throw exceeded("the buffers of this heap take " + total.taken() + " bytes, and with " + size
                            + " more it would be over the " + total.limit + " that the policy allows")
                    .hint("Close buffers, or raise limit." + heap + ".total in the policy file")
                    .build();
        }
    }

    void add(long bytes) {
        total.add(bytes);
    }

    /** The bytes of each client that has any. */
    SortedMap<String, Long> takenByClient() {
        SortedMap<String, Long> taken = new TreeMap<>();
        clients.forEach((client, account) -> {
            long bytes = account.taken();
            if (bytes > 0 && !client.equals(NOBODY)) {
                taken.put(client, bytes);
            }
        });
        return taken;
    }

    /** Clients come and go with the program's work; one that is not limited and has no name needs no account. */
    private boolean counts(Optional<String> client) {
        return limitsClients || client.isPresent();
    }

    private Account account(String name) {
        Account account = clients.get(name);
        if (account == null) {
            forgetIdle();
            account = clients.computeIfAbsent(name, unseen -> new Account(policy.ofClient(unseen)));
        }
        return account;
    }

    /**
     * Names may be made up for each stream and never come back. Accounts without bytes go when there are twice as many as were in use the
     * last time, so that each allocation pays for a small part of one look; closing a buffer changes no map.
     */
    private void forgetIdle() {
        if (clients.size() < most) {
            return;
        }
        clients.forEach((name, account) -> {
            if (account.retire()) {
                clients.remove(name, account);
            }
        });
        most = Math.max(FEW, 2 * clients.size());
    }

    /** The accounts there are; for tests. */
    int accounts() {
        return clients.size();
    }

    private HeapException.Builder exceeded(String what) {
        return HeapException.of(ErrorCode.LIMIT_EXCEEDED, what).heap(heap).errno("ENOMEM");
    }
}
