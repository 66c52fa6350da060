package io.dmaheap.cli;

import io.dmaheap.DeviceInfo;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;

/** The JSON of memory and devices. Documented in docs/json.md; fields are added, never renamed or removed. */
final class MapJson {
    private MapJson() {}

    /** An area, without who has what of it. */
    static JsonObject of(MemoryArea area) {
        return new JsonObject()
                .with("name", area.name())
                .with("kind", area.kind())
                .with(
                        "flags",
                        area.flags().stream().sorted().map(HeapWords::word).toList())
                .with("compatible", area.compatible())
                .with("base", area.base())
                .with("size", area.size())
                .with("free", area.free())
                .with("heaps", area.heaps());
    }

    /** An area and who has what of it. */
    static JsonObject drawn(MemoryArea area) {
        boolean told = area.base().isPresent()
                && area.size().isPresent()
                && area.extents().isPresent();
        Optional<MemoryArea> drawn = Optional.of(area).filter(_ -> told);
        return of(area).with("freeRuns", drawn.map(one -> one.freeRuns().size()))
                .with("largestFreeRun", drawn.map(MemoryArea::largestFreeRun))
                .with("fragmentation", drawn.map(MemoryArea::fragmentation))
                .with(
                        "extents",
                        area.extents().map(all -> all.stream().map(MapJson::of).toList()));
    }

    private static JsonObject of(MemoryMap.Extent extent) {
        return new JsonObject()
                .with("base", extent.base())
                .with("size", extent.size())
                .with("use", extent.use())
                .with("lent", extent.lent())
                .with("label", extent.label())
                .with("client", extent.client());
    }

    static JsonObject of(DeviceInfo device) {
        return new JsonObject()
                .with("name", device.name())
                .with("description", device.description())
                .with("addressBits", device.constraints().addressBits())
                .with("maxSegments", limit(device.constraints().maxSegments(), Integer.MAX_VALUE))
                .with("maxSegmentSize", limit(device.constraints().maxSegmentSize(), Long.MAX_VALUE))
                .with("behindIommu", device.constraints().behindIommu())
                .with("heaps", device.heaps());
    }

    private static OptionalLong limit(long value, long none) {
        return value == none ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static JsonObject of(MemoryMap.Flaw flaw) {
        return new JsonObject()
                .with("node", flaw.node())
                .with("message", flaw.message())
                .with("hint", flaw.hint());
    }
}
