package io.dmaheap.cli;

import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.PlatformInfo;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.play.BufferKinds;
import io.dmaheap.cli.play.Inspection;
import java.util.List;

/** The JSON of things that several commands print. Documented in docs/json.md; fields are added, never renamed or removed. */
final class HeapJson {
    private HeapJson() {}

    /** The beginning of every result. */
    static JsonObject result(Heaps heaps) {
        return new JsonObject().with("schema", 1).with("platform", of(heaps.platform()));
    }

    static JsonObject of(PlatformInfo platform) {
        return new JsonObject().with("name", platform.name()).with("reason", platform.reason());
    }

    static JsonObject of(HeapInfo heap) {
        return new JsonObject()
                .with("name", heap.name())
                .with("aliases", heap.aliases())
                .with("state", heap.state())
                .with("kind", HeapWords.kind(heap.traits()))
                .with("traits", of(heap.traits()))
                .with("plugin", heap.plugin())
                .with("node", heap.node().map(HeapJson::of))
                .with("openable", of(heap.openable()))
                .with("total", heap.total())
                .with("free", heap.free())
                .with("largest", heap.largest())
                .with("buffers", heap.buffers())
                .with("bytes", heap.bytes());
    }

    private static JsonObject of(Traits traits) {
        return new JsonObject()
                .with("contiguous", traits.contiguous())
                .with("cached", traits.cached())
                .with("cpuAccessible", traits.cpuAccessible())
                .with("zeroed", traits.zeroed())
                .with("alignment", traits.alignment())
                .with("protection", traits.protection().map(HeapJson::of));
    }

    private static JsonObject of(Protection protection) {
        return new JsonObject().with("kind", protection.kind()).with("useCase", protection.useCase());
    }

    private static JsonObject of(HeapInfo.NodeInfo node) {
        return new JsonObject()
                .with("path", node.path())
                .with("owner", node.owner())
                .with("group", node.group())
                .with("mode", node.mode());
    }

    private static JsonObject of(HeapInfo.Openable openable) {
        return new JsonObject().with("yes", openable.yes()).with("reason", openable.reason());
    }

    static JsonObject of(Inspection inspection) {
        return new JsonObject()
                .with("checkedBytes", inspection.checkedBytes())
                .with("nonZeroBytes", inspection.nonZeroBytes())
                .with("brokenPromises", inspection.brokenPromises())
                .with("untouchable", inspection.untouchable())
                .with("lostPages", inspection.lostPages());
    }

    static List<JsonObject> of(BufferKinds kinds) {
        return kinds.counts().entrySet().stream()
                .map(one -> new JsonObject()
                        .with("heap", one.getKey().heap())
                        .with("descriptor", one.getKey().descriptor())
                        .with("exporter", one.getKey().exporter())
                        .with("count", one.getValue()))
                .toList();
    }

    static List<JsonObject> of(List<Problem> problems) {
        return problems.stream().map(HeapJson::of).toList();
    }

    static JsonObject of(Problem problem) {
        return new JsonObject()
                .with("kind", problem.kind())
                .with("subject", problem.subject())
                .with("message", problem.message())
                .with("hint", problem.hint());
    }
}
