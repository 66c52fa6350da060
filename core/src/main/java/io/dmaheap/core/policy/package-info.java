/** What the operator decided: aliases, limits, grants, settings. */
@NullMarked
package io.dmaheap.core.policy;

import org.jspecify.annotations.NullMarked;
