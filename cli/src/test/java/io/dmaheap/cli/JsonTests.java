package io.dmaheap.cli;

import static io.dmaheap.cli.Calls.emulated;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pins the names of all fields: programs read them. A name may be added here, never changed or removed. */
class JsonTests {

    @Test
    void list() {
        var json = emulated("list", "--json").json();
        assertThat(paths(json))
                .contains(
                        "schema",
                        "platform.name",
                        "platform.reason",
                        "heaps[].name",
                        "heaps[].aliases",
                        "heaps[].state",
                        "heaps[].kind",
                        "heaps[].traits.contiguous",
                        "heaps[].traits.cached",
                        "heaps[].traits.cpuAccessible",
                        "heaps[].traits.zeroed",
                        "heaps[].traits.alignment",
                        "heaps[].traits.protection",
                        "heaps[].plugin",
                        "heaps[].node",
                        "heaps[].openable.yes",
                        "heaps[].openable.reason",
                        "heaps[].total",
                        "heaps[].free",
                        "heaps[].buffers",
                        "heaps[].bytes",
                        "usage.heapHandles",
                        "usage.overdueCalls",
                        "usage.choices",
                        "problems");
        assertThat(json.get("schema").getAsInt()).isEqualTo(1);
    }

    @Test
    void show() {
        assertThat(paths(emulated("show", "system", "--json").json()))
                .contains("schema", "platform.name", "heap.name", "heap.traits.zeroed", "heap.openable.yes");
    }

    @Test
    void alloc() {
        assertThat(paths(emulated("alloc", "--size", "4096", "--json").json()))
                .contains(
                        "schema",
                        "platform.name",
                        "heap",
                        "asked",
                        "size",
                        "count",
                        "descriptor",
                        "exporter",
                        "buffers[].heap",
                        "buffers[].count",
                        "candidates[].heap",
                        "candidates[].verdict",
                        "candidates[].reason",
                        "content.checkedBytes",
                        "content.nonZeroBytes",
                        "content.brokenPromises",
                        "content.untouchable",
                        "content.lostPages");
        assertThat(paths(emulated("alloc", "--size", "4096", "--json").json()))
                .contains(
                        "operations.allocate.count",
                        "operations.map.p50",
                        "operations.firstTouch.p95",
                        "operations.sync.p99",
                        "operations.close.max");
    }

    @Test
    void play() {
        var json = emulated("play", "decode-720p", "--frames", "2", "--json").json();
        assertThat(paths(json))
                .contains(
                        "schema",
                        "platform.name",
                        "workload",
                        "seed",
                        "scale",
                        "disturbed",
                        "ok",
                        "wanted.buffers",
                        "wanted.bytes",
                        "wantedPeak.bytes",
                        "peak.buffers",
                        "peak.bytes",
                        "buffers[].heap",
                        "buffers[].descriptor",
                        "buffers[].exporter",
                        "buffers[].count",
                        "operations.recycle.p99",
                        "content.nonZeroBytes",
                        "failures",
                        "leaks.heapHandles",
                        "leaks.bufferHandles",
                        "leaks.buffers",
                        "leaks.bytes",
                        "leaks.mappings",
                        "leaks.accesses",
                        "leaks.attachments",
                        "leaks.quarantined",
                        "leaks.overdueCalls",
                        "leaks.descriptors",
                        "leaks.fences",
                        "leaks.sockets",
                        "leaks.choices",
                        "leaks.fds");
        assertThat(json.get("ok").getAsBoolean()).isTrue();
        assertThat(json.getAsJsonObject("peak").get("bytes").getAsLong()).isEqualTo(16 * 1_384_448);
    }

    @Test
    void failuresOfPlay() {
        assertThat(paths(emulated("play", "decode-4k", "--scale", "1000", "--heap", "system", "--json")
                        .json()))
                .contains("failures[].code", "failures[].count", "failures[].first");
    }

    @Test
    void profiles() {
        assertThat(paths(emulated("play", "--list", "--json").json()))
                .containsExactlyInAnyOrder(
                        "schema",
                        "profiles[].name",
                        "profiles[].description",
                        "profiles[].frames",
                        "profiles[].peak.buffers",
                        "profiles[].peak.bytes",
                        "profiles[].allocated.buffers",
                        "profiles[].allocated.bytes");
    }

    @Test
    void board() {
        assertThat(paths(emulated("board", "--json").json()))
                .contains(
                        "schema",
                        "platform.name",
                        "machine",
                        "areas[].name",
                        "areas[].kind",
                        "areas[].flags",
                        "areas[].compatible",
                        "areas[].base",
                        "areas[].size",
                        "areas[].free",
                        "areas[].heaps",
                        "devices[].name",
                        "devices[].description",
                        "devices[].addressBits",
                        "devices[].maxSegments",
                        "devices[].maxSegmentSize",
                        "devices[].behindIommu",
                        "devices[].heaps",
                        "firmware",
                        "flaws",
                        "unknown");
    }

    @Test
    void map() {
        assertThat(paths(emulated("map", "--json").json()))
                .contains(
                        "machine",
                        "areas[].freeRuns",
                        "areas[].largestFreeRun",
                        "areas[].fragmentation",
                        "areas[].extents",
                        "unknown");
    }

    @Test
    void whatIsNotKnownAndWhatHasNoLimitIsNull() {
        var area = new MemoryArea(
                "linux,cma",
                MemoryMap.Kind.CMA,
                Set.of(),
                "",
                OptionalLong.empty(),
                OptionalLong.of(1 << 20),
                OptionalLong.empty(),
                List.of(),
                Optional.empty());
        var heaps = new FakeHeaps() {
            @Override
            public MemoryMap memoryMap() {
                return new MemoryMap("fake", List.of(area), List.of(), List.of(), List.of());
            }
        };
        var json = Calls.call(Calls.machine(heaps), "map", "--json").json();
        var shown = json.getAsJsonArray("areas").get(0).getAsJsonObject();
        for (String field : List.of("base", "free", "freeRuns", "largestFreeRun", "fragmentation", "extents")) {
            assertThat(shown.get(field).isJsonNull()).as(field).isTrue();
        }
        var cpu = emulated("devices", "--json")
                .json()
                .getAsJsonArray("devices")
                .get(1)
                .getAsJsonObject();
        assertThat(cpu.get("maxSegments").isJsonNull()).isTrue();
        assertThat(cpu.get("maxSegmentSize").isJsonNull()).isTrue();
    }

    @Test
    void fit() {
        assertThat(paths(Calls.call(Machine.THIS, "fit", "camera-preview", "--region", "64M", "--json")
                        .json()))
                .containsExactlyInAnyOrder(
                        "schema",
                        "seed",
                        "profiles[].name",
                        "profiles[].peak.buffers",
                        "profiles[].peak.bytes",
                        "profiles[].allocated.buffers",
                        "profiles[].allocated.bytes",
                        "profiles[].regions[].size",
                        "profiles[].regions[].failures",
                        "profiles[].regions[].fragmentation",
                        "profiles[].regions[].p99");
    }

    @Test
    void memoryOfPlay() {
        assertThat(paths(emulated("play", "decode-720p", "--heap", "linux,cma", "--frames", "1", "--json")
                        .json()))
                .contains(
                        "memory.area",
                        "memory.size",
                        "memory.fragmentation",
                        "memory.worst.largestFreeRun",
                        "memory.worst.extents[].base",
                        "memory.worst.extents[].size",
                        "memory.worst.extents[].use",
                        "memory.worst.extents[].lent",
                        "memory.worst.extents[].label",
                        "memory.worst.extents[].client");
    }

    @Test
    void doctor() {
        assertThat(paths(emulated("doctor", "--json").json()))
                .containsExactlyInAnyOrder(
                        "schema", "findings[].status", "findings[].subject", "findings[].detail", "findings[].fix");
    }

    @Test
    void pluginList() {
        assertThat(paths(emulated("plugin", "list", "--json").json()))
                .contains(
                        "schema",
                        "plugins[].id",
                        "plugins[].version",
                        "plugins[].description",
                        "plugins[].vendor",
                        "plugins[].jar",
                        "plugins[].state",
                        "plugins[].heaps",
                        "plugins[].problem",
                        "problems");
    }

    @Test
    void everyFieldIsDocumented() throws IOException {
        String documentation = Files.readString(Path.of("../docs/json.md"));
        for (String[] call : new String[][] {
            {"list"},
            {"show", "system"},
            {"alloc", "--size", "4096"},
            {"play", "decode-720p", "--frames", "2"},
            {"play", "decode-720p", "--frames", "2", "--heap", "linux,cma"},
            {"play", "--list"},
            {"fit", "camera-preview", "--region", "64M"},
            {"board"},
            {"map"},
            {"devices"},
            {"doctor"},
            {"dump"},
            {"plugin", "list"}
        }) {
            var all = Stream.concat(Arrays.stream(call), Stream.of("--json"));
            for (String path : paths(emulated(all.toArray(String[]::new)).json())) {
                String field = path.substring(path.lastIndexOf('.') + 1).replace("[]", "");
                assertThat(documentation).as(path).contains("`" + field + "`");
            }
        }
    }

    /** The dotted path of each leaf. */
    private static Set<String> paths(JsonObject object) {
        Set<String> paths = new TreeSet<>();
        collect("", object, paths);
        return paths;
    }

    private static void collect(String path, JsonElement element, Set<String> paths) {
        if (element instanceof JsonObject object) {
            object.asMap().forEach((name, value) -> collect(path.isEmpty() ? name : path + "." + name, value, paths));
        } else if (element instanceof JsonArray array
                && !array.isEmpty()
                && array.get(0).isJsonObject()) {
            array.forEach(value -> collect(path + "[]", value, paths));
        } else {
            paths.add(path);
        }
    }
}
