package io.dmaheap.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;

/**
 * One module of the project and what its classes may use.
 *
 * @param packages its own packages, as ArchUnit patterns
 * @param mayUse further packages; those of the JDK are open to all
 * @param minimum how many classes it has at least, so that a failed import cannot pass
 */
record Room(String name, List<String> packages, List<String> mayUse, int minimum) {
    private static final List<String> API = List.of("io.dmaheap", "io.dmaheap.spi", "io.dmaheap.tee");
    private static final String ALLOCATORS = "io.dmaheap.allocators";
    /** In the jar of the API, exported to those that watch a directory only. */
    private static final String WATCH = "io.dmaheap.watch";
    /** In the jar of the API, exported to those that read sizes only. */
    private static final String SIZE = "io.dmaheap.size";

    static final List<Room> ALL = List.of(
            new Room("api", with(API, WATCH, SIZE), List.of(), 60),
            new Room("allocators", List.of(ALLOCATORS), List.of(), 4),
            new Room("linux", List.of("io.dmaheap.linux.."), with(API, WATCH), 30),
            new Room("core", List.of("io.dmaheap.core.."), with(API, WATCH, SIZE, "org.pf4j", "org.slf4j.."), 40),
            new Room(
                    "emulator",
                    List.of("io.dmaheap.emulator.."),
                    with(API, SIZE, ALLOCATORS, "io.dmaheap.linux.memfd"),
                    6),
            new Room("drivers", List.of("io.dmaheap.drivers.."), with(API, "io.dmaheap.linux.."), 1),
            plugin("system"),
            plugin("cma"),
            plugin("restricted.mtk"),
            plugin("restricted.linaro"),
            plugin("panthor"),
            new Room(
                    "testkit",
                    List.of("io.dmaheap.testkit.."),
                    with(API, "org.junit.jupiter..", "org.assertj..", "com.tngtech.archunit.."),
                    25),
            new Room(
                    "cli",
                    List.of("io.dmaheap.cli.."),
                    with(API, SIZE, "io.dmaheap.core..", "picocli..", "com.google.gson.."),
                    1));

    private static Room plugin(String family) {
        return new Room(
                "heaps-" + family.replace('.', '-'),
                List.of("io.dmaheap.heaps." + family + ".."),
                with(API, ALLOCATORS),
                1);
    }

    private static List<String> with(List<String> some, String... more) {
        var all = new ArrayList<>(some);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    ArchRule rule() {
        var allowed = with(packages, "java..", "jdk.jfr..", "org.jspecify.annotations");
        var patterns = new ArrayList<>(allowed);
        patterns.addAll(mayUse);
        return classes()
                .that()
                .resideInAnyPackage(packages.toArray(String[]::new))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(patterns.toArray(String[]::new))
                .as("the room " + name + " may use only " + mayUse)
                .because(
                        "each room must be understandable, testable and replaceable without the rooms that it does not need");
    }

    @Override
    public String toString() {
        return name;
    }
}
