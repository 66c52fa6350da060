/**
 * Between devices and memory: how a buffer lies in physical memory ({@link io.dmaheap.emulator.bus.ScatterList}), and who may touch
 * what ({@link io.dmaheap.emulator.bus.Firewall}), as the TZASC, MPU or IOMMU of a real board decides it.
 */
@NullMarked
package io.dmaheap.emulator.bus;

import org.jspecify.annotations.NullMarked;
