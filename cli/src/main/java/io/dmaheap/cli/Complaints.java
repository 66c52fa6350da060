package io.dmaheap.cli;

import io.dmaheap.HeapException;
import io.dmaheap.cli.play.BadInputException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every failure into one line on standard error and an exit status. */
final class Complaints implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Invocation invocation;

    Complaints(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int handleExecutionException(Exception exception, CommandLine command, ParseResult parsed) {
        return switch (exception) {
            case HeapException failure -> complain(failure.getMessage(), failure, ExitStatus.of(failure.code()));
            case BadInputException bad -> complain(bad.getMessage(), bad, ExitStatus.CANNOT_WORK);
            case InterruptedException end -> complain("interrupted", end, ExitStatus.PROBLEM);
            case MisuseException misuse -> misused(String.valueOf(misuse.getMessage()), misuse, command);
            default ->
                complain(
                        "this is a bug in dmaheap, please report it with the output of --stacktrace: " + exception,
                        exception,
                        ExitStatus.CANNOT_WORK);
        };
    }

    @Override
    public int handleParseException(ParameterException misuse, String[] args) {
        return misused(reason(misuse), misuse, misuse.getCommandLine());
    }

    private int misused(String reason, Exception misuse, CommandLine command) {
        String help = "; try: " + command.getCommandSpec().qualifiedName() + " --help";
        return complain(reason + help, misuse, ExitStatus.CANNOT_WORK);
    }

    private static String reason(ParameterException misuse) {
        // What is missing may be what was mistyped, so that comes first.
        List<String> unmatched = misuse.getCommandLine().getUnmatchedArguments();
        if (unmatched.isEmpty()) {
            return lowerCase(String.valueOf(misuse.getMessage()).replaceFirst("^Error: ", ""));
        }
        var unknown = new UnmatchedArgumentException(misuse.getCommandLine(), unmatched);
        boolean commands = !misuse.getCommandLine().getSubcommands().isEmpty();
        String kind = unknown.isUnknownOption() ? "option" : commands ? "command" : "argument";
        List<String> near = unknown.getSuggestions();
        return "unknown " + kind + " '" + unmatched.getFirst() + "'"
                + (near.isEmpty() ? "" : ", did you mean " + String.join(" or ", near) + "?");
    }

    /** What picocli says begins a sentence; here it stands behind a colon. */
    private static String lowerCase(String sentence) {
        return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }

    private int complain(String message, Exception exception, int status) {
        invocation.out().flush();
        invocation.err().line("dmaheap: " + message.replaceAll("\\s*\\R\\s*", " "));
        if (invocation.stacktrace()) {
            invocation.err().trace(exception);
        }
        invocation.err().flush();
        return status;
    }
}
