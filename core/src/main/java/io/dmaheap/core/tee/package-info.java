/** Callers' connections to a TEE: counted, watched for leaks, and kept alive while a call uses them. */
@NullMarked
package io.dmaheap.core.tee;

import org.jspecify.annotations.NullMarked;
