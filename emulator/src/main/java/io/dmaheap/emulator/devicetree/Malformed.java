package io.dmaheap.emulator.devicetree;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;

/** The one error of all readers. */
final class Malformed {
    /** For a tree that {@code dtc} understands as little. */
    static final String OF_BLOB =
            "See what dtc says about the same tree; without a board file, the built-in board is used";

    /** For source: {@code dtc} may take what is refused here. */
    static final String OF_SOURCE =
            "Only a part of the language is read here. If dtc takes the source, give the blob that it makes:"
                    + " `cpp -P -nostdinc -undef -x assembler-with-cpp FILE | dtc -I dts -O dtb -o board.dtb -`";

    private Malformed() {}

    /**
     * Says what is wrong and where.
     *
     * @param place the input and the position in it
     * @param node the path of the node that was being read
     * @param what what is wrong
     * @param hint what to do
     */
    static HeapException tree(String place, String node, String what, String hint) {
        return HeapException.of(ErrorCode.INVALID_CONFIGURATION, place + ", node " + node + ": " + what)
                .hint(hint)
                .build();
    }
}
