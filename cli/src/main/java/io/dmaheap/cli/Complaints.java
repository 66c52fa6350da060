package io.dmaheap.cli;

import io.dmaheap.HeapException;
import io.dmaheap.cli.play.BadInputException;
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
            case ParameterException misuse -> handleParseException(misuse, new String[0]);
            default ->
                complain(
                        "this is a bug in dmaheap, please report it with the output of --stacktrace: " + exception,
                        exception,
                        ExitStatus.CANNOT_WORK);
        };
    }

    @Override
    public int handleParseException(ParameterException misuse, String[] args) {
        CommandLine command = misuse.getCommandLine();
        String help = "; try: " + command.getCommandSpec().qualifiedName() + " --help";
        return complain(reason(misuse, command) + help, misuse, ExitStatus.CANNOT_WORK);
    }

    private static String reason(ParameterException misuse, CommandLine command) {
        if (misuse instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().getFirst();
            var near = unmatched.getSuggestions();
            String kind =
                    word.startsWith("-") ? "option" : command.getSubcommands().isEmpty() ? "argument" : "command";
            return "unknown " + kind + " '" + word + "'"
                    + (near.isEmpty() ? "" : ", did you mean " + String.join(" or ", near) + "?");
        }
        return String.valueOf(misuse.getMessage());
    }

    private int complain(String message, Exception exception, int status) {
        invocation.out().flush();
        invocation.err().println("dmaheap: " + message.replaceAll("\\s*\\R\\s*", " "));
        if (invocation.stacktrace()) {
            exception.printStackTrace(invocation.err());
        }
        invocation.err().flush();
        return status;
    }
}
