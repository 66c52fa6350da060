/** The dmaheap command. Exports nothing. */
module io.dmaheap.cli {
    requires static org.jspecify;
    requires io.dmaheap.api;
    requires com.google.gson;

    provides System.LoggerFinder with
            io.dmaheap.cli.StderrLoggers;
}
