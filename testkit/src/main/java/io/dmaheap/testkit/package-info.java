/** What a vendor runs: contract tests and architecture rules. */
@NullMarked
package io.dmaheap.testkit;

import org.jspecify.annotations.NullMarked;
