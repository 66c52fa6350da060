package io.dmaheap.vm;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintStream;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.PackageNameFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests that any kernel must pass, with {@code --board} those of the board as well, or the classes named, and prints a line for
 * each test. Exits with 0 only if there was a test and all passed; a skipped test counts as failed.
 */
public final class KernelTests {
    private static final String HOME = KernelTests.class.getPackageName();
    private static final String BOARD = HOME + ".board";
    private static final String USER = HOME + ".user";

    private KernelTests() {}

    /** Runs the tests; the arguments are {@code --board}, or names of classes such as {@code VividTests} and {@code board.CmaAreaTests}. */
    public static void main(String[] arguments) {
        var results = new Results(System.out);
        // A guest is an order of magnitude slower than the machine that it runs on.
        var request = LauncherDiscoveryRequestBuilder.request()
                .filters(ClassNameFilter.includeClassNamePatterns(".*Tests"))
                .configurationParameter("junit.jupiter.execution.timeout.default", "10 m")
                .configurationParameter("junit.jupiter.execution.timeout.threaddump.enabled", "true");
        if (arguments.length == 0) {
            request.selectors(selectPackage(HOME)).filters(PackageNameFilter.excludePackageNames(BOARD, USER));
        } else if (arguments[0].equals("--board")) {
            request.selectors(selectPackage(HOME)).filters(PackageNameFilter.excludePackageNames(USER));
        } else {
            for (String name : arguments) {
                request.selectors(selectClass(HOME + "." + name));
            }
        }
        LauncherFactory.create().execute(request.build(), results);
        System.out.println(results.passed + " passed, " + results.failed + " failed");
        System.exit(results.failed == 0 && results.passed > 0 ? 0 : 1);
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
