package io.dmaheap.cli;

import io.dmaheap.Finding;
import io.dmaheap.Finding.Status;
import io.dmaheap.cli.output.JsonObject;
import java.util.List;

final class DoctorCommand implements Command {
    private final Invocation invocation;

    DoctorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Syntax syntax() {
        return new Syntax(
                        "dmaheap doctor",
                        "Examine this machine: what works, what does not, and the command that mends it.")
                .footer(
                        "",
                        "Exit status: 0 all is well, 1 there are warnings, 2 something does not work.",
                        "",
                        "Examples:",
                        "  dmaheap doctor",
                        "  dmaheap doctor --json | jq '.findings[] | select(.status != \"ok\")'");
    }

    @Override
    public int run() {
        List<Finding> findings = invocation.diagnose();
        if (invocation.json()) {
            invocation.print(new JsonObject()
                    .with("schema", 1)
                    .with("findings", findings.stream().map(DoctorCommand::json).toList()));
        } else {
            findings.forEach(this::print);
            invocation.out().println();
            invocation.out().println(summary(findings));
        }
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
        String mark = finding.status() + " ".repeat(6 - finding.status().name().length());
        if (invocation.terminal()) {
            int colour = switch (finding.status()) {
                case OK -> 32;
                case WARN -> 33;
                case FAIL -> 31;
            };
            mark = "\033[" + colour + "m" + mark + "\033[0m";
        }
        invocation.out().println(mark + finding.subject() + ": " + finding.detail());
        if (!finding.fix().isEmpty()) {
            invocation.out().println("      fix: " + finding.fix());
        }
    }

    private static String summary(List<Finding> findings) {
        return count(findings, Status.OK) + " ok, " + count(findings, Status.WARN) + " warnings, "
                + count(findings, Status.FAIL) + " failures";
    }

    private static long count(List<Finding> findings, Status status) {
        return findings.stream().filter(finding -> finding.status() == status).count();
    }
}
