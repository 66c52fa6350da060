package io.dmaheap.cli.play;

/** What the user gave cannot be used: a profile that does not exist, a file that cannot be read, a broken line in it. */
public final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With one sentence that says what is wrong and what to do. */
    public BadInputException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
