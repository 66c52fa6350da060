package io.dmaheap.conformance;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The standard board with a carveout that no shipped plugin gives out, so that {@link BrokenHeaps} may take memory of it. */
final class BrokenBoard {
    /** The carveout. */
    static final String REGION = "sdp@52000000";

    private static final Path STANDARD =
            Path.of("../emulator/src/main/resources/io/dmaheap/emulator/board/standard.dts");
    private static final String LINARO = "\"linaro,restricted-heap\"";
    private static final Path BOARD = Path.of("target/broken-board.dts").toAbsolutePath();

    private BrokenBoard() {}

    static synchronized Heaps open() {
        try {
            if (Files.notExists(BOARD)) {
                String standard = Files.readString(STANDARD);
                if (!standard.contains(LINARO)) {
                    throw new IllegalStateException("the standard board has no carveout of Linaro");
                }
                Files.writeString(BOARD, standard.replace(LINARO, "\"broken,restricted-heap\""));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Heaps.open(HeapsOptions.defaults()
                .withPlatform("emulator")
                .withSetting("platform.emulator.board", BOARD.toString()));
    }
}
