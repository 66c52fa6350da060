/** What a vendor runs: contract tests and architecture rules. */
module io.dmaheap.testkit {
    requires static org.jspecify;
    requires transitive io.dmaheap.api;
}
