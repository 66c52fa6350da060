package io.dmaheap.allocators;

/**
 * What a {@link CmaArea} did since it was made, all in pages; the first three as in {@code /sys/kernel/mm/cma/<area>/}.
 *
 * @param allocated pages handed out
 * @param failed pages asked for in vain
 * @param released pages given back
 * @param busyRetries places that were given up because a page was pinned ({@code cma_alloc_busy_retry}), counted in attempts
 */
public record CmaStatistics(long allocated, long failed, long released, long busyRetries) {}
