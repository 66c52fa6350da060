package io.dmaheap.core.registry;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The objects that plugins have given, by identity, whatever their {@code equals} says. Keeps none alive. Safe for use by several threads. */
final class GivenObjects {
    private final Set<Key> given = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

    /** Whether this is the first time that the object is given. */
    boolean claim(Object object) {
        for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
            given.remove(gone);
        }
        return given.add(new Key(object, collected));
    }

    private static final class Key extends WeakReference<Object> {
        private final int hash;

        Key(Object object, ReferenceQueue<Object> collected) {
            super(object, collected);
            this.hash = System.identityHashCode(object);
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            Object own = get();
            return own != null && other instanceof Key key && key.refersTo(own);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}
