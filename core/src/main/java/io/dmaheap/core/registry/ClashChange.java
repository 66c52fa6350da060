package io.dmaheap.core.registry;

/**
 * A clash that began or ended.
 *
 * @param clash which
 * @param began whether it began
 */
record ClashChange(NameClash clash, boolean began) {}
