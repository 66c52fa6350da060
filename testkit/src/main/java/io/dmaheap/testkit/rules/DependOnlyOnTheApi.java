package io.dmaheap.testkit.rules;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.module.ModuleDescriptor.Exports;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** Classes that use nothing outside the API, the allocators, the exported packages of java.base, and each other. */
final class DependOnlyOnTheApi extends ArchCondition<JavaClass> {
    private static final Set<String> API = Set.of(
            "io.dmaheap", "io.dmaheap.spi", "io.dmaheap.tee", "io.dmaheap.allocators", "org.jspecify.annotations");

    /** By package, since a class file does not say which module it expects a class in. */
    private static final Set<String> JAVA_BASE =
            ModuleLayer.boot().findModule("java.base").orElseThrow().getDescriptor().exports().stream()
                    .filter(exports -> !exports.isQualified())
                    .map(Exports::source)
                    .collect(Collectors.toUnmodifiableSet());

    private Set<String> plugin = Set.of();

    DependOnlyOnTheApi() {
        super("depend only on java.base, io.dmaheap.api, io.dmaheap.allocators and each other");
    }

    @Override
    public void init(Collection<JavaClass> classes) {
        plugin = classes.stream().map(JavaClass::getName).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void check(JavaClass origin, ConditionEvents events) {
        for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
            JavaClass target = dependency.getTargetClass().getBaseComponentType();
            if (!allowed(target)) {
                events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
            }
        }
    }

    private boolean allowed(JavaClass target) {
        return target.isPrimitive()
                || plugin.contains(target.getName())
                || API.contains(target.getPackageName())
                || JAVA_BASE.contains(target.getPackageName());
    }
}
