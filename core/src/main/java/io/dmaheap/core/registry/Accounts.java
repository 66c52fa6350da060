package io.dmaheap.core.registry;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.policy.HeapPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the buffers of one heap take, in all and by client, against the limits of the policy. Buffers without a client share an
 * account of their own. Safe for use by several threads.
 */
final class Accounts {
    private static final String NOBODY = "";

    private final String heap;
    private final HeapPolicy policy;
    private final boolean limitsClients;
    private final Account total;
    private final Map<String, Account> clients = new ConcurrentHashMap<>();

    Accounts(String heap, HeapPolicy policy) {
        this.heap = heap;
        this.policy = policy;
        this.limitsClients = policy.limitsClients();
        this.total = new Account(policy.total());
    }

    /**
     * Counts the bytes of a request for its client.
     *
     * @throws HeapException {@link ErrorCode#LIMIT_EXCEEDED}
     */
    void reserveForClient(Optional<String> client, long size) {
        if (!counts(client)) {
            return;
        }
        Account account = account(client);
        if (!account.reserve(size)) {
            String whose = client.map(name -> "the client " + name).orElse("requests without a client");
            throw exceeded("the buffers of " + whose + " take " + account.taken() + " bytes of this heap, and with "
                            + size + " more it would be over the " + account.limit + " that the policy allows")
                    .hint("Close buffers of that client, or raise limit." + heap + ".client"
                            + client.map(name -> "." + name).orElse("") + " in the policy file")
                    .build();
        }
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

    void addForClient(Optional<String> client, long bytes) {
        if (counts(client)) {
            account(client).add(bytes);
        }
    }

    void add(long bytes) {
        total.add(bytes);
    }

    /** The bytes in all buffers. */
    long taken() {
        return total.taken();
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

    private Account account(Optional<String> client) {
        return clients.computeIfAbsent(client.orElse(NOBODY), name -> new Account(policy.ofClient(name)));
    }

    private HeapException.Builder exceeded(String what) {
        return HeapException.of(ErrorCode.LIMIT_EXCEEDED, what).heap(heap).errno("ENOMEM");
    }
}
