package io.dmaheap.vm;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs every test of this package, or those of the classes named, and prints a line for each. Exits with 0 only if there was a test
 * and all passed; a skipped test counts as failed.
 */
public final class KernelTests {
    private KernelTests() {}

    /** Runs the tests; each argument is the simple name of a class. */
    public static void main(String[] classes) {
        var results = new Results(System.out);
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors(classes))
                .filters(ClassNameFilter.includeClassNamePatterns(".*Tests"))
                .build();
        LauncherFactory.create().execute(request, results);
        System.out.println(results.passed + " passed, " + results.failed + " failed");
        System.exit(results.failed == 0 && results.passed > 0 ? 0 : 1);
    }

    private static List<DiscoverySelector> selectors(String[] classes) {
        String home = KernelTests.class.getPackageName();
        return classes.length == 0
                ? List.of(selectPackage(home))
                : Stream.of(classes)
                        .<DiscoverySelector>map(name -> selectClass(home + "." + name))
                        .toList();
    }

    private static final class Results implements TestExecutionListener {
        private final PrintStream out;
        private int passed;
        private int failed;

        Results(PrintStream out) {
            this.out = out;
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            failed++;
            out.println("skipped " + name(test) + ": " + reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            boolean successful = result.getStatus() == Status.SUCCESSFUL;
            if (successful && test.isTest()) {
                passed++;
                out.println("passed  " + name(test));
            } else if (!successful) {
                failed++;
                out.println("failed  " + name(test));
                result.getThrowable().ifPresent(problem -> problem.printStackTrace(out));
            }
        }

        /** The class and the method, then what the test calls itself, if that says more. */
        private static String name(TestIdentifier test) {
            String place = test.getUniqueIdObject().getSegments().stream()
                    .map(UniqueId.Segment::getValue)
                    .filter(value -> !value.startsWith("junit"))
                    .map(value -> value.replaceFirst("^[a-z.]*\\.", "").replaceFirst("\\(.*", ""))
                    .filter(value -> !value.startsWith("#"))
                    .collect(Collectors.joining("."));
            // One line a test, whatever bytes its name is made of.
            String own = test.getDisplayName().replaceAll("\\p{Cntrl}", "?");
            return own.endsWith("()") ? place : place + " " + own;
        }
    }
}
