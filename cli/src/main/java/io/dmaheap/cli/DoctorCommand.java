package io.dmaheap.cli;

import io.dmaheap.Finding;
import io.dmaheap.Finding.Status;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Paragraph;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

@Command(
        abbreviateSynopsis = true,
        description = "Examine this machine: what works, what does not, and the command that mends it.",
        footer = {
            "",
            "Exit status: 0 all is well, 1 it works, with warnings, 2 no heap can be used.",
            "",
            "Examples:",
            "  dmaheap doctor",
            "  dmaheap doctor --json | jq '.findings[] | select(.status != \"ok\")'"
        })
final class DoctorCommand implements Callable<Integer> {
    private final Invocation invocation;

    DoctorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
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
        String style = switch (finding.status()) {
            case OK -> "green";
            case WARN -> "yellow";
            case FAIL -> "red";
        };
        Ansi ansi = invocation.screen().lively() ? Ansi.ON : Ansi.OFF;
        String mark = ansi.string("@|" + style + " " + finding.status() + "|@")
                + " ".repeat(6 - finding.status().name().length());
        int columns = invocation.screen().lineLength() - 6;
        String detail = Paragraph.text(finding.subject() + ": " + finding.detail(), columns, 0);
        invocation.out().print(mark + indented(detail));
        if (!finding.fix().isEmpty()) {
            invocation.out().print("      " + indented(Paragraph.text("fix: " + finding.fix(), columns, 5)));
        }
    }

    /** Lines below the mark. */
    private static String indented(String lines) {
        return lines.stripTrailing().replace("\n", "\n      ") + "\n";
    }

    private static String summary(List<Finding> findings) {
        return count(findings, Status.OK) + " ok, " + count(findings, Status.WARN) + " warnings, "
                + count(findings, Status.FAIL) + " failures";
    }

    private static long count(List<Finding> findings, Status status) {
        return findings.stream().filter(finding -> finding.status() == status).count();
    }
}
