package io.dmaheap.cli.play;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the user gave cannot be used: a profile that does not exist, a file that cannot be read, a broken line in it. */
public final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With one sentence that says what is wrong and what to do. */
    public BadInputException(String message) {
        super(message);
    }

    /**
     * A file that the user named and that cannot be written.
     *
     * @param what what it is, such as {@code the trace}
     */
    public static BadInputException unwritable(String what, Path file, IOException e) {
        String reason = switch (e) {
            case NoSuchFileException _ -> "ENOENT). Make its folder first";
            case AccessDeniedException _ -> "EACCES). Choose a folder that you may write to";
            default -> e.getMessage() + "). Choose another place";
        };
        return new BadInputException(what + " " + file + " cannot be written (" + reason);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
