package io.dmaheap.cli;

import io.dmaheap.cli.play.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a picture where the user wants it. */
final class PictureFile {
    private PictureFile() {}

    static void write(Path file, String svg) {
        try {
            Files.writeString(file, svg);
        } catch (IOException e) {
            throw BadInputException.unwritable("the picture", file, e);
        }
    }
}
