package io.dmaheap.core;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.PluginInfo;
import io.dmaheap.core.registry.NearNames;
import java.util.List;
import java.util.stream.Stream;

/**
 * A heap that was asked for and is not there, with what may explain it.
 *
 * @param name what was asked for
 * @param heaps the heaps that there are, live or not
 * @param plugins the plugins that there are
 */
record MissingHeap(String name, List<HeapInfo> heaps, List<PluginInfo> plugins) {

    HeapException exception() {
        return HeapException.of(ErrorCode.HEAP_NOT_FOUND, "there is no heap " + name)
                .hint(String.join(
                        ". ", Stream.concat(explanations(), Stream.of(guess())).toList()))
                .build();
    }

    private Stream<String> explanations() {
        Stream<String> draining = heaps.stream()
                .filter(heap -> heap.name().equals(name) && heap.state() == HeapState.DRAINING)
                .map(heap -> "It is draining, since its plugin " + heap.plugin() + " was removed");
        Stream<String> failed = plugins.stream()
                .filter(plugin -> plugin.state() == PluginInfo.State.FAILED)
                .map(plugin -> "The plugin " + plugin.id() + " failed"
                        + plugin.problem()
                                .map(problem -> ": " + problem.message())
                                .orElse(""));
        return Stream.concat(draining, failed);
    }

    private String guess() {
        return plugins.isEmpty()
                ? "There is no plugin, and heaps come from plugins: put heaps-system on the module path or class path, or name a"
                        + " plugin directory"
                : NearNames.hint(
                        name,
                        heaps.stream()
                                .filter(heap -> heap.state() == HeapState.LIVE)
                                .flatMap(heap -> Stream.concat(Stream.of(heap.name()), heap.aliases().stream()))
                                .toList());
    }
}
