package io.dmaheap.cli;

import io.dmaheap.cli.play.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** A board that is nothing but one CMA region and some ordinary memory. */
final class RegionBoard {
    /** The name of the region, and of its heap. */
    static final String REGION = "region@100000000";

    private static final long BASE = 0x1_0000_0000L;
    /** What the kernel rounds CMA regions to, with 4 KiB pages. */
    private static final long PAGEBLOCK = 2 << 20;

    private static final long LARGEST = 64L << 30;

    private RegionBoard() {}

    static boolean isPossible(long size) {
        return size % PAGEBLOCK == 0 && size <= LARGEST;
    }

    /** Uses a device tree that is there as long as it is used. */
    static <T> T with(long size, Function<Path, T> use) {
        try {
            Path tree = Files.createTempFile("dmaheap-", ".dts");
            try {
                Files.writeString(tree, source(size));
                return use.apply(tree);
            } finally {
                Files.delete(tree);
            }
        } catch (IOException e) {
            throw new BadInputException("a board cannot be written into java.io.tmpdir: " + e);
        }
    }

    private static String source(long size) {
        return """
                /dts-v1/;
                / {
                  model = "one CMA region";
                  #address-cells = <2>;
                  #size-cells = <2>;
                  memory@40000000 {
                    device_type = "memory";
                    reg = <0x0 0x40000000 0x0 0x40000000>, <%s>;
                  };
                  reserved-memory {
                    #address-cells = <2>;
                    #size-cells = <2>;
                    ranges;
                    %s {
                      compatible = "shared-dma-pool";
                      reusable;
                      reg = <%s>;
                    };
                  };
                };
                """.formatted(range(size), REGION, range(size));
    }

    private static String range(long size) {
        return cells(BASE) + " " + cells(size);
    }

    private static String cells(long number) {
        return "0x" + Long.toHexString(number >>> 32) + " 0x" + Long.toHexString(number & 0xffff_ffffL);
    }
}
