package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.Access;
import io.dmaheap.AllocationRequest;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events are an interface: recordings and tools name them. */
class EventTests {
    private final FakePlatform platform = new FakePlatform();

    @TempDir
    Path directory;

    private List<RecordedEvent> recorded(Consumer<Heaps> use) throws IOException {
        Path file = directory.resolve("events.jfr");
        try (var recording = new Recording()) {
            List.of("Heap", "Plugin", "Allocate", "Free", "Export", "CpuAccess")
                    .forEach(name -> recording.enable("dmaheap." + name).withoutThreshold());
            recording.start();
            try (var heaps =
                    TestHeaps.open(platform, FakeProvider.of("system", Traits.SYSTEM, new FakeHeap(platform)))) {
                use.accept(heaps);
            }
            recording.stop();
            recording.dump(file);
        }
        platform.assertNothingHeld();
        // A file has the events of one thread after those of another; a plugin is started on a thread of its own.
        return RecordingFile.readAllEvents(file).stream()
                .sorted(Comparator.comparing(RecordedEvent::getStartTime))
                .toList();
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dmaheap." + name))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "Heap, heap state plugin",
        "Plugin, plugin version state",
        "Allocate, heap size client error",
        "Free, heap size",
        "Export, heap size fd",
        "CpuAccess, heap size access",
        "Leak, handle size madeAt",
        "Restrict, heap size error",
        "Unrestrict, heap size error",
        "Quarantine, heap size reason",
        "Lend, plugin region base size error",
        "Reclaim, plugin region base size error"
    })
    void namesAndFieldsAreStable(String event, String fields) throws ReflectiveOperationException {
        Class.forName(
                "io.dmaheap.core.event." + event + "Event", true, getClass().getClassLoader());
        FlightRecorder.register(
                Class.forName("io.dmaheap.core.event." + event + "Event").asSubclass(jdk.jfr.Event.class));

        assertThat(FlightRecorder.getFlightRecorder().getEventTypes())
                .filteredOn(type -> type.getName().equals("dmaheap." + event))
                .singleElement()
                .satisfies(type -> {
                    assertThat(type.getCategoryNames()).containsExactly("dmaheap");
                    assertThat(type.getDescription()).isNotEmpty();
                    assertThat(type.getFields().stream()
                                    .map(ValueDescriptor::getName)
                                    .filter(name -> !List.of("startTime", "duration", "eventThread", "stackTrace")
                                            .contains(name)))
                            .containsExactly(fields.split(" "));
                });
    }

    @Test
    void theLivesOfHeapsAndPluginsAreTold() throws IOException {
        var events = recorded(heaps -> {});

        assertThat(named(events, "Heap"))
                .extracting(event -> event.getString("state"))
                .containsExactly("LIVE", "DRAINING", "GONE");
        assertThat(named(events, "Heap")).allSatisfy(event -> {
            assertThat(event.getString("heap")).isEqualTo("system");
            assertThat(event.getString("plugin")).isEqualTo("plugin-of-system");
        });
        assertThat(named(events, "Plugin"))
                .extracting(event -> event.getString("state"))
                .containsExactly("STARTED", "DRAINING", "STOPPED");
    }

    @Test
    void theLifeOfABufferIsTold() throws IOException {
        var events = recorded(heaps -> {
            try (Heap heap = heaps.find("system").orElseThrow();
                    DmaBuf buffer = heap.allocate(AllocationRequest.of(5000).withClient("camera"))) {
                buffer.access(Access.READ_WRITE).close();
                buffer.exportFd().close();
            }
        });

        assertThat(named(events, "Allocate")).singleElement().satisfies(event -> {
            assertThat(event.getString("heap")).isEqualTo("system");
            assertThat(event.getLong("size")).isEqualTo(5000);
            assertThat(event.getString("client")).isEqualTo("camera");
            assertThat(event.getString("error")).isNull();
            assertThat(event.getStackTrace()).isNotNull();
        });
        assertThat(named(events, "CpuAccess")).singleElement().satisfies(event -> {
            assertThat(event.getString("access")).isEqualTo("READ_WRITE");
            assertThat(event.getLong("size")).isEqualTo(8192);
        });
        assertThat(named(events, "Export"))
                .singleElement()
                .satisfies(event -> assertThat(event.getInt("fd")).isPositive());
        assertThat(named(events, "Free")).singleElement().satisfies(event -> {
            assertThat(event.getString("heap")).isEqualTo("system");
            assertThat(event.getLong("size")).isEqualTo(8192);
        });
    }

    @Test
    void anAllocationThatFailsIsToldWithItsCode() throws IOException {
        var events = recorded(heaps -> {
            try (Heap heap = heaps.find("system").orElseThrow()) {
                assertThatThrownBy(() -> heap.allocate(0)).isInstanceOf(HeapException.class);
                platform.faults.fail("allocate", new OutOfMemoryError("of the test"));
                assertThatThrownBy(() -> heap.allocate(1)).isInstanceOf(OutOfMemoryError.class);
            }
        });

        assertThat(named(events, "Allocate"))
                .extracting(event -> event.getString("error"))
                .containsExactly("INVALID_SIZE", "OutOfMemoryError");
        assertThat(named(events, "Free")).isEmpty();
    }

    @Test
    void recognisingAnImportFreesNothing() throws IOException {
        var events = recorded(heaps -> {
            int fd = platform.foreignFd(4096);
            try (DmaBuf one = heaps.importFd(fd);
                    DmaBuf two = heaps.importFd(fd)) {
                assertThat(one.size()).isEqualTo(two.size());
            }
            platform.closeFd(fd);
        });

        assertThat(named(events, "Free"))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("heap")).isEmpty());
    }
}
