/** The framework: registry, life cycles, plugins, policy, events. */
@NullMarked
package io.dmaheap.core;

import org.jspecify.annotations.NullMarked;
