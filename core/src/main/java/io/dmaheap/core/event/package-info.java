/** JFR events with stable names; docs/events.md describes them. */
@NullMarked
package io.dmaheap.core.event;

import org.jspecify.annotations.NullMarked;
