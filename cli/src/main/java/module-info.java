/** The dmaheap command. Exports nothing; picocli may set the fields of the commands. */
module io.dmaheap.cli {
    requires static org.jspecify;
    requires io.dmaheap.api;
    requires info.picocli;
    requires com.google.gson;

    opens io.dmaheap.cli to
            info.picocli;

    provides System.LoggerFinder with
            io.dmaheap.cli.StderrLoggers;
}
