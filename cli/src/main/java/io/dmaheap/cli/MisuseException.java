package io.dmaheap.cli;

/** The command was called in a way that it does not understand. */
final class MisuseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MisuseException(String message) {
        super(message);
    }
}
