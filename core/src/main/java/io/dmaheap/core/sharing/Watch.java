package io.dmaheap.core.sharing;

import io.dmaheap.core.life.LeakDetector;
import io.dmaheap.core.life.Tally;

/**
 * What all sockets and listeners of one instance share.
 *
 * @param leaks watches them
 * @param open counts them
 */
public record Watch(LeakDetector leaks, Tally open) {}
