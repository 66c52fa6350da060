package io.dmaheap.core.provider;

import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.policy.MemoryBound;
import io.dmaheap.core.policy.Policy;
import io.dmaheap.core.registry.HeapRegistry;
import io.dmaheap.core.restricted.Quarantine;
import io.dmaheap.spi.Platform;

/**
 * What plugins run in.
 *
 * @param platform where memory comes from
 * @param platformUse keeps it open while a heap lives
 * @param registry takes their heaps
 * @param policy what the operator decided
 * @param bound keeps requests below the memory available
 * @param problems takes their failures
 * @param limit of calls into the plugins' life cycle
 * @param quarantine where memory goes that could not be unrestricted
 */
public record Surroundings(
        Platform platform,
        PlatformUse platformUse,
        HeapRegistry registry,
        Policy policy,
        MemoryBound bound,
        Problems problems,
        CallLimit limit,
        Quarantine quarantine) {}
