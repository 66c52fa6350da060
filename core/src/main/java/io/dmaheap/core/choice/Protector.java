package io.dmaheap.core.choice;

import io.dmaheap.HeapInfo;
import io.dmaheap.Protection;
import java.util.Locale;
import java.util.Optional;

/**
 * What protects a heap, and whose protection it is: the only one that may stand in for it. Who checks the encryption of a picture, or
 * trusts a vendor's secure world with it, must not get another because that was out of memory.
 */
record Protector(String heap, String plugin, Protection protection) {

    /** Empty for ordinary memory, which any other replaces. */
    static Optional<Protector> of(HeapInfo heap) {
        return heap.traits().protection().map(one -> new Protector(heap.name(), heap.plugin(), one));
    }

    /** Why the other heap is no substitute, empty if it is one. */
    Optional<String> refusalOf(Protector other) {
        return difference(other).map(how -> "another protection than " + heap + ": " + how + "; name it to use it");
    }

    private Optional<String> difference(Protector other) {
        if (!other.plugin.equals(plugin)) {
            return Optional.of("by " + other.plugin + " and not by " + plugin);
        }
        if (!other.protection.useCase().equals(protection.useCase())) {
            return Optional.of("for " + other.protection.useCase() + " and not for " + protection.useCase());
        }
        return other.protection.kind() == protection.kind()
                ? Optional.empty()
                : Optional.of("as " + word(other.protection.kind()) + " and not as " + word(protection.kind()));
    }

    static String word(Protection.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
