package io.dmaheap.cli;

/** The command was called in a way that makes no sense, although each of its words was understood. */
final class MisuseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MisuseException(String message) {
        super(message);
    }
}
