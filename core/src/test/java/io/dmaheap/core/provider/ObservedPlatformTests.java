package io.dmaheap.core.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.OneShot;
import io.dmaheap.core.life.Problems;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.KernelHeap;
import io.dmaheap.spi.LentRange;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.PhysicalRange;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObservedPlatformTests {
    private static final RegionOwners.User VENDOR = new RegionOwners.User("vendor", 1, false);
    private static final ReleaseWatch RELEASES = new ReleaseWatch("vendor", List::of, new Problems());

    private final Region region = new Region();

    @TempDir
    Path directory;

    /** A default that the view forgets would answer in place of the platform. */
    @ParameterizedTest
    @CsvSource({
        "io.dmaheap.spi.Platform, ObservedPlatform",
        "io.dmaheap.spi.MemoryRegion, ObservedRegion",
        "io.dmaheap.spi.ProtectedMemoryFirmware, ObservedFirmware",
        "io.dmaheap.spi.MemoryFirewall, ObservedFirewall",
        "io.dmaheap.spi.KernelHeap, ObservedKernelHeap",
        "io.dmaheap.spi.HeapOps, ObservedKernelHeap",
        "io.dmaheap.spi.HeapOps, ObservedSystemMemory"
    })
    void passesEverythingOn(Class<?> type, String viewName) throws ReflectiveOperationException {
        Class<?> view = Class.forName(getClass().getPackageName() + "." + viewName);
        for (var method : Arrays.stream(type.getDeclaredMethods())
                .filter(method -> !Modifier.isPrivate(method.getModifiers())
                        && !Modifier.isStatic(method.getModifiers())
                        && !method.isSynthetic())
                .toList()) {
            assertThat(view.getMethod(method.getName(), method.getParameterTypes())
                            .getDeclaringClass())
                    .as(method.getName())
                    .isEqualTo(view);
        }
    }

    @Test
    void lendingAndReclaimingAreToldAndSoAreTheirFailures() throws IOException {
        Path file = directory.resolve("events.jfr");
        var lender = new ObservedRegion(region, VENDOR, new RegionOwners(new Problems()), RELEASES);
        try (var recording = new Recording()) {
            recording.enable("dmaheap.Lend").withoutThreshold();
            recording.enable("dmaheap.Reclaim").withoutThreshold();
            recording.start();
            var lent = lender.lend(4096, 8192);
            region.busy = true;
            assertThatThrownBy(lent::reclaim).isInstanceOf(HeapException.class);
            assertThatThrownBy(() -> lender.lend(0, 4096)).isInstanceOf(HeapException.class);
            region.busy = false;
            lent.reclaim();
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file))
                .filteredOn(event -> event.getEventType().getName().startsWith("dmaheap."))
                .allSatisfy(event -> {
                    assertThat(event.getString("plugin")).isEqualTo("vendor");
                    assertThat(event.getString("region")).isEqualTo("pool@10000");
                })
                .extracting(event -> "%s 0x%x %d %s"
                        .formatted(
                                event.getEventType().getName(),
                                event.getLong("base"),
                                event.getLong("size"),
                                event.getString("error")))
                .containsExactlyInAnyOrder(
                        "dmaheap.Lend 0x11000 8192 null",
                        "dmaheap.Reclaim 0x11000 8192 SYSTEM_ERROR",
                        "dmaheap.Lend 0x10000 4096 SYSTEM_ERROR",
                        "dmaheap.Reclaim 0x11000 8192 null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"region", "ranges", "system memory", "kernel heap"})
    void aSecondReleaseOfWhatAPluginTookIsReportedOnce(String source) {
        var problems = new Problems();
        var platform = new FakePlatform();
        var releases = new ReleaseWatch("vendor", () -> List.of("frames"), problems);
        var heap = new FakeHeap(platform);
        heap.maker = request -> new OneShot(platform.memory(request.size()));
        region.memory = () -> heap.maker.apply(AllocationRequest.of(4096));
        var view = new ObservedRegion(region, VENDOR, new RegionOwners(new Problems()), releases);
        var request = AllocationRequest.of(4096);
        for (int i = 0; i < 2; i++) {
            Memory memory = switch (source) {
                case "region" -> view.take(0, request);
                case "ranges" -> view.take(List.of(new PhysicalRange(region.base(), 4096)), request);
                case "system memory" -> new ObservedSystemMemory(heap, releases).allocate(request);
                default -> new ObservedKernelHeap(kernelHeap(heap), releases).allocate(request);
            };
            memory.release();
            assertThat(problems.all()).hasSize(i);
            memory.release();
        }

        assertThat(problems.all()).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(Problem.Kind.PLUGIN_THREW);
            assertThat(problem.subject()).isEqualTo("vendor");
            assertThat(problem.message()).contains("released", "again", "frames");
        });
        platform.assertNothingHeld();
    }

    private static KernelHeap kernelHeap(HeapOps ops) {
        return new KernelHeap() {
            @Override
            public String name() {
                return "system";
            }

            @Override
            public Memory allocate(AllocationRequest request) {
                return ops.allocate(request);
            }
        };
    }

    @Test
    void closingTheViewLeavesThePlatformOpen() {
        var platform = new FakePlatform();
        new ObservedPlatform(platform, VENDOR, new RegionOwners(new Problems()), RELEASES).close();
        assertThat(platform.closed).hasValue(0);
    }

    private static final class Region implements MemoryRegion {
        private boolean busy;
        private Supplier<Memory> memory = () -> {
            throw new UnsupportedOperationException();
        };

        private void check() {
            if (busy) {
                throw HeapException.of(ErrorCode.SYSTEM_ERROR, "busy")
                        .errno("EBUSY")
                        .build();
            }
        }

        @Override
        public String name() {
            return "pool@10000";
        }

        @Override
        public Kind kind() {
            return Kind.CMA;
        }

        @Override
        public long base() {
            return 0x10000;
        }

        @Override
        public long size() {
            return 0x10000;
        }

        @Override
        public String compatible() {
            return "";
        }

        @Override
        public Memory take(long offset, AllocationRequest request) {
            return memory.get();
        }

        @Override
        public Memory take(List<PhysicalRange> ranges, AllocationRequest request) {
            return memory.get();
        }

        @Override
        public LentRange lend(long offset, long size) {
            check();
            return new LentRange() {
                @Override
                public PhysicalRange range() {
                    return new PhysicalRange(base() + offset, size);
                }

                @Override
                public void reclaim() {
                    check();
                }
            };
        }
    }
}
