package io.dmaheap.cli;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.play.BadInputException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns every failure into one line on standard error, an exit status, and with {@code --json} an object on standard output. */
final class Complaints implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Invocation invocation;

    Complaints(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public int handleExecutionException(Exception exception, CommandLine command, ParseResult parsed) {
        return switch (exception) {
            case HeapException failure ->
                complain(
                        word(failure.code()),
                        failure.getMessage(),
                        failure,
                        ExitStatus.of(failure.code()),
                        invocation.json());
            case BadInputException bad ->
                complain("bad-input", bad.getMessage(), bad, ExitStatus.CANNOT_WORK, invocation.json());
            case InterruptedException end ->
                complain("interrupted", "interrupted", end, ExitStatus.PROBLEM, invocation.json());
            case MisuseException misuse ->
                misused(String.valueOf(misuse.getMessage()), misuse, command, invocation.json());
            default ->
                complain(
                        "bug",
                        "this is a bug in dmaheap, please report it with the output of --stacktrace: " + exception,
                        exception,
                        ExitStatus.CANNOT_WORK,
                        invocation.json());
        };
    }

    @Override
    public int handleParseException(ParameterException misuse, String[] args) {
        // Options behind the one that is wrong were not read.
        boolean json = List.of(args).contains("--json") || List.of(args).contains("-j");
        return misused(reason(misuse), misuse, misuse.getCommandLine(), json);
    }

    private static String word(ErrorCode code) {
        return HeapWords.word(code);
    }

    private int misused(String reason, Exception misuse, CommandLine command, boolean json) {
        String help = "; try: " + command.getCommandSpec().qualifiedName() + " --help";
        return complain("misuse", reason + help, misuse, ExitStatus.CANNOT_WORK, json);
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

    private int complain(String code, String message, Exception exception, int status, boolean json) {
        String line = message.replaceAll("\\s*\\R\\s*", " ");
        if (json) {
            invocation.print(object(code, line, exception, status));
        }
        invocation.out().flush();
        invocation.err().line("dmaheap: " + line);
        if (invocation.stacktrace()) {
            invocation.err().trace(exception);
        }
        invocation.err().flush();
        return status;
    }

    private static JsonObject object(String code, String line, Exception exception, int status) {
        Optional<HeapException> failure =
                Optional.of(exception).filter(HeapException.class::isInstance).map(HeapException.class::cast);
        return new JsonObject()
                .with("schema", 1)
                .with(
                        "error",
                        new JsonObject()
                                .with("code", code)
                                .with("message", line)
                                .with("heap", failure.flatMap(HeapException::heap))
                                .with("operation", failure.flatMap(HeapException::operation))
                                .with("errno", failure.flatMap(HeapException::errno))
                                .with("hint", failure.flatMap(HeapException::hint))
                                .with("status", status));
    }
}
