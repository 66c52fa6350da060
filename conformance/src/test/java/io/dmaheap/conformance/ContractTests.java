package io.dmaheap.conformance;

import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** The tests that a contract consists of. */
final class ContractTests {
    private ContractTests() {}

    /** The names of the test methods of a class, with those that it inherits from classes and interfaces. */
    static Set<String> of(Class<?> contract) {
        var names = new TreeSet<String>();
        ReflectionSupport.findMethods(
                        contract,
                        method -> AnnotationSupport.isAnnotated(method, Testable.class),
                        HierarchyTraversalMode.TOP_DOWN)
                .forEach(method -> names.add(method.getName()));
        return names;
    }
}
