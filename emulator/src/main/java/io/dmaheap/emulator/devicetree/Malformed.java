package io.dmaheap.emulator.devicetree;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;

/** The one error of all readers. */
final class Malformed {
    private Malformed() {}

    /**
     * Says what is wrong and where.
     *
     * @param place the input and the position in it
     * @param node the path of the node that was being read
     * @param what what is wrong
     */
    static HeapException tree(String place, String node, String what) {
        return HeapException.of(ErrorCode.INVALID_CONFIGURATION, place + ", node " + node + ": " + what)
                .hint("See what dtc says about the same tree; without a board file, the built-in board is used")
                .build();
    }
}
