package io.dmaheap.cli;

import io.dmaheap.HeapException;
import io.dmaheap.cli.play.BadInputException;

/** Turns every failure into one line on standard error and an exit status. */
final class Complaints {
    private final Invocation invocation;

    Complaints(Invocation invocation) {
        this.invocation = invocation;
    }

    int misused(MisuseException misuse, String help) {
        return complain(misuse.getMessage() + "; try: " + help, misuse, ExitStatus.CANNOT_WORK);
    }

    int failed(Exception exception) {
        return switch (exception) {
            case HeapException failure -> complain(failure.getMessage(), failure, ExitStatus.of(failure.code()));
            case BadInputException bad -> complain(bad.getMessage(), bad, ExitStatus.CANNOT_WORK);
            default ->
                complain(
                        "this is a bug in dmaheap, please report it with the output of --stacktrace: " + exception,
                        exception,
                        ExitStatus.CANNOT_WORK);
        };
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
