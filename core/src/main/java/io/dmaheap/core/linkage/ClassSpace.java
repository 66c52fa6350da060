package io.dmaheap.core.linkage;

import io.dmaheap.spi.Framework;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classes of one jar, with those of the API and of the JDK around them. Not safe for use by several threads. */
final class ClassSpace {
    private final Map<String, ClassShape> jar;
    private final Map<String, Optional<ClassShape>> surroundings;
    private final Map<String, Optional<Set<ClassShape>>> hierarchies = new HashMap<>();

    /**
     * The classes that are visible to a jar.
     *
     * @param surroundings what was read of the API and of the JDK, which is added to
     */
    ClassSpace(Map<String, ClassShape> jar, Map<String, Optional<ClassShape>> surroundings) {
        this.jar = jar;
        this.surroundings = surroundings;
    }

    boolean isOfJar(String name) {
        return jar.containsKey(name);
    }

    Optional<ClassShape> find(String name) {
        ClassShape own = jar.get(name);
        return own != null ? Optional.of(own) : surroundings.computeIfAbsent(name, ClassSpace::read);
    }

    private static Optional<ClassShape> read(String name) {
        boolean ofDmaheap = name.startsWith("io/dmaheap/");
        ClassLoader loader = ofDmaheap ? loaderOf(name) : ClassLoader.getPlatformClassLoader();
        try (InputStream file = loader.getResourceAsStream(name + ".class")) {
            return file == null
                    ? Optional.empty()
                    : Optional.of(ClassShape.of(ClassFile.of().parse(file.readAllBytes())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The loader of the API; that of the allocators where the two are modules of different loaders. */
    private static ClassLoader loaderOf(String name) {
        @Nullable ClassLoader api = Framework.class.getClassLoader();
        @Nullable ModuleLayer layer = Framework.class.getModule().getLayer();
        String packageName = ApiPackages.packageOf(name);
        if (layer != null && packageName.equals(ApiPackages.ALLOCATORS)) {
            return layer.findModule(packageName.replace('/', '.'))
                    .map(Module::getClassLoader)
                    .orElse(api);
        }
        return api;
    }

    /**
     * A class and its supertypes as the linker searches them for a member: the class and its superclasses, then the superinterfaces of
     * all of these. Empty if one of them is neither in the jar nor in the API or the JDK, so that what they have is not known.
     */
    Optional<Set<ClassShape>> hierarchy(String name) {
        return hierarchies.computeIfAbsent(name, this::search);
    }

    private Optional<Set<ClassShape>> search(String name) {
        var found = new LinkedHashSet<ClassShape>();
        var interfaces = new LinkedHashSet<String>();
        for (@Nullable String next = name; next != null; ) {
            ClassShape shape = find(next).orElse(null);
            if (shape == null || !found.add(shape)) {
                return Optional.empty();
            }
            interfaces.addAll(shape.interfaces());
            next = shape.superclass();
        }
        while (!interfaces.isEmpty()) {
            ClassShape shape = find(interfaces.removeFirst()).orElse(null);
            if (shape == null) {
                return Optional.empty();
            }
            if (found.add(shape)) {
                interfaces.addAll(shape.interfaces());
            }
        }
        return Optional.of(found);
    }

    /** An empty cache for the constructor. */
    static Map<String, Optional<ClassShape>> nothingRead() {
        return new HashMap<>();
    }
}
