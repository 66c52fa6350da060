package io.dmaheap.cli;

import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.output.Table;
import java.util.List;
import picocli.CommandLine.Option;

/** How a table is shown, as lsblk and findmnt take it. */
final class TableOptions {
    @Option(
            names = {"-o", "--output"},
            split = ",",
            paramLabel = "COLUMN",
            description = "Show these columns only, in this order, such as name,free.")
    private List<String> columns = List.of();

    @Option(
            names = {"-n", "--noheadings"},
            description = "Leave out the heading.")
    private boolean noHeadings;

    @Option(
            names = {"-b", "--bytes"},
            description = "Show sizes in bytes.")
    private boolean bytes;

    /** A size as it was asked for. */
    String size(long size) {
        return bytes ? Long.toString(size) : Sizes.text(size);
    }

    /** Whether a table was asked for that programs read, without anything around it. */
    boolean bare() {
        return noHeadings || !columns.isEmpty();
    }

    /** The table as it was asked for; otherwise as it fits. */
    String text(Table table, Screen screen) {
        if (columns.isEmpty()) {
            return noHeadings ? table.all(false) : table.text(screen.lineLength());
        }
        try {
            return table.only(columns, !noHeadings);
        } catch (IllegalArgumentException e) {
            throw new MisuseException(String.valueOf(e.getMessage()));
        }
    }
}
