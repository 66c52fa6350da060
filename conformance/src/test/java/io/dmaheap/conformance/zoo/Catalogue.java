package io.dmaheap.conformance.zoo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** All kinds of bad plugins, in a fixed order. */
final class Catalogue {
    private Catalogue() {}

    static List<Kind> kinds() {
        var kinds = new ArrayList<Kind>();
        kinds.addAll(FileKinds.kinds());
        kinds.addAll(ManifestKinds.kinds());
        kinds.addAll(ModuleKinds.kinds());
        kinds.addAll(ClassKinds.kinds());
        kinds.addAll(LifeKinds.kinds());
        kinds.addAll(BufferKinds.kinds());
        kinds.addAll(RestrictedKinds.kinds());
        kinds.addAll(StateKinds.kinds());
        kinds.addAll(OwnerKinds.kinds());
        var names = new HashSet<String>();
        for (Kind kind : kinds) {
            if (!names.add(kind.name())) {
                throw new IllegalStateException("two kinds are called " + kind.name());
            }
        }
        return kinds;
    }
}
