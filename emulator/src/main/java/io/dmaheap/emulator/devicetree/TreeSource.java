package io.dmaheap.emulator.devicetree;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;

/**
 * Device tree source, version 1, as far as a board needs it (Devicetree Specification v0.4, chapter 6), so that a board file needs no
 * compiler.
 *
 * <p>Understood: {@code /dts-v1/;}, {@code /memreserve/}, one root node, nodes with labels, properties made of cells ({@code <1 0x2
 * &label>}), strings, bytes ({@code [00 ff]}) and paths ({@code &label}), several of them joined by commas, references by label or
 * by full path ({@code &{/soc}}), and both kinds of comments. Nodes that are referred to get the phandles that {@code dtc} would
 * give them, so its blob of the same source has an equal tree.
 *
 * <p>Not understood, and refused: the C preprocessor, {@code /include/}, {@code /delete-node/}, {@code /bits/}, {@code /plugin/},
 * expressions, and nodes that extend a labelled node. Compile such source with {@code dtc} and use the blob.
 */
public final class TreeSource {
    private TreeSource() {}

    /**
     * Reads source.
     *
     * @param text the source
     * @param source its name in messages
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION}, with line, column and the path of the node
     */
    public static DeviceTree read(String text, String source) {
        if (text.length() > Limits.BYTES) {
            throw Malformed.tree(
                    source, "/", "the source is longer than " + Limits.BYTES + " characters", Malformed.OF_SOURCE);
        }
        var references = new References();
        references.resolve(new SourceParser(text, source, references).read());
        return new SourceParser(text, source, references).read();
    }
}
