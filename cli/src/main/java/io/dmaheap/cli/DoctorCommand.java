package io.dmaheap.cli;

import io.dmaheap.Finding;
import io.dmaheap.Finding.Status;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Printer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        abbreviateSynopsis = true,
        description = "Examine this machine: what works, what does not, and the command that mends it.",
        footer = {
            "",
            "INFO is what this machine does not have and need not have: no CMA, no TEE, few files.",
            "",
            "Exit status: 0 all is well, 1 it works, with warnings, 2 no heap can be used.",
            "With --require: 0 each of these uses is possible, 2 one is not.",
            "",
            "Examples:",
            "  dmaheap doctor",
            "  dmaheap doctor --require kernel,contiguous",
            "  dmaheap doctor --json | jq '.findings[] | select(.status != \"ok\")'"
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int MARK_WIDTH = 6;

    private final Invocation invocation;

    @Option(
            names = "--require",
            split = ",",
            paramLabel = "USE",
            converter = RequirementConverter.class,
            description = "Fail unless this is possible: " + Requirement.NAMES + ".")
    private List<Requirement> required = List.of();

    DoctorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        List<Finding> verdicts;
        try (var progress = new Progress(invocation, required.isEmpty() ? 1 : 2)) {
            progress.step("examining this machine");
            findings.addAll(invocation.diagnose());
            if (!required.isEmpty()) {
                progress.step("looking for what is required");
            }
            verdicts = Requirement.verdicts(required, findings, invocation::open);
        }
        findings.addAll(verdicts);
        if (invocation.json()) {
            invocation.print(new JsonObject()
                    .with("schema", 1)
                    .with("findings", findings.stream().map(DoctorCommand::json).toList()));
        } else {
            findings.forEach(this::print);
            invocation.out().line();
            invocation.out().line(summary(findings));
        }
        return required.isEmpty() ? status(findings) : status(verdicts);
    }

    private static int status(List<Finding> findings) {
        return count(findings, Status.FAIL) > 0
                ? ExitStatus.CANNOT_WORK
                : count(findings, Status.WARN) > 0 ? ExitStatus.PROBLEM : ExitStatus.OK;
    }

    private static JsonObject json(Finding finding) {
        return new JsonObject()
                .with("status", finding.status())
                .with("subject", finding.subject())
                .with("detail", finding.detail())
                .with("fix", finding.fix());
    }

    private void print(Finding finding) {
        String style = switch (finding.status()) {
            case OK -> "green";
            case INFO -> "blue";
            case WARN -> "yellow";
            case FAIL -> "red";
        };
        Printer out = invocation.out();
        out.marked(
                finding.status().name(),
                style,
                invocation.screen().lively(),
                MARK_WIDTH,
                finding.subject() + ": " + finding.detail());
        if (!finding.fix().isEmpty()) {
            out.paragraph(" ".repeat(MARK_WIDTH) + "fix: " + finding.fix(), MARK_WIDTH + 5);
        }
    }

    private static String summary(List<Finding> findings) {
        return count(findings, Status.OK) + " ok, " + count(findings, Status.INFO) + " info, "
                + plural(count(findings, Status.WARN), "warning") + ", "
                + plural(count(findings, Status.FAIL), "failure");
    }

    private static String plural(long count, String word) {
        return count + " " + word + (count == 1 ? "" : "s");
    }

    private static long count(List<Finding> findings, Status status) {
        return findings.stream().filter(finding -> finding.status() == status).count();
    }
}
