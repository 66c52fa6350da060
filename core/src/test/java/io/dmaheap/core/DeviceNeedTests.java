package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Choice;
import io.dmaheap.Choice.Candidate;
import io.dmaheap.Choice.Verdict;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.Need;
import io.dmaheap.Trait;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.spi.HeapOps;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.Memory;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.PlatformDevice;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a choice makes of the devices of a need: known ones, unknown ones, and those that the policy has heaps for. */
class DeviceNeedTests {
    private FakePlatform platform = new FakePlatform();
    private Heaps heaps = TestHeaps.open(platform);

    @AfterEach
    void nothingIsLeft() {
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
        heaps.close();
        platform.assertNothingHeld();
    }

    /** A platform such as a real kernel, which names no devices. */
    private void openWithoutDevices(String... policy) {
        platform = new FakePlatform() {
            @Override
            public List<PlatformDevice> devices() {
                return List.of();
            }
        };
        open(policy);
    }

    private void open(String... policy) {
        heaps.close();
        heaps = TestHeaps.open(
                platform, TestHeaps.policy(policy), LeakDetection.SAMPLED, FakeProvider.starting("plugin", context -> {
                    FakeProvider.register(context, new HeapSpec("system", Traits.SYSTEM), new FakeHeap(platform));
                    FakeProvider.register(
                            context, new HeapSpec("default_cma_region", Traits.CMA), new FakeHeap(platform));
                    FakeProvider.register(context, new HeapSpec("video@68000000", Traits.CMA), new FakeHeap(platform));
                }));
    }

    private static List<String> taken(Choice choice) {
        return choice.trace().stream()
                .filter(candidate -> candidate.verdict() == Verdict.TAKEN)
                .map(Candidate::heap)
                .toList();
    }

    private static String reason(Choice choice, String heap) {
        return choice.trace().stream()
                .filter(candidate -> candidate.heap().equals(heap))
                .findFirst()
                .orElseThrow()
                .reason();
    }

    @Test
    void whereNoDeviceIsNamedAnUnknownOneExcludesNothing() {
        openWithoutDevices();

        try (Choice choice = heaps.choose(Need.any().require(Trait.CONTIGUOUS).usedBy("camera"));
                DmaBuf _ = choice.allocate(AllocationRequest.of(4096))) {
            assertThat(choice.best()).map(HeapInfo::name).contains("default_cma_region");
            assertThat(taken(choice)).containsExactly("default_cma_region", "video@68000000");
            assertThat(reason(choice, "default_cma_region"))
                    .isEqualTo(
                            "contiguous, not certain for camera: this platform names no devices, and so does the policy");
        }
    }

    @Test
    void aRequiredDeviceMustBeKnown() {
        openWithoutDevices();

        try (Choice choice = heaps.choose(Need.any().requireUsableBy("camera"))) {
            assertThat(taken(choice)).isEmpty();
            assertThat(reason(choice, "system"))
                    .isEqualTo(
                            "whether camera can use it is not certain: this platform names no devices, and so does the policy");
            assertThatThrownBy(choice::open).isInstanceOfSatisfying(HeapException.class, refusal -> {
                assertThat(refusal.code()).isEqualTo(ErrorCode.HEAP_NOT_FOUND);
                assertThat(refusal.hint().orElse("")).contains("whether camera can use it is not certain");
            });
        }
        try (Choice choice = heaps.choose(Need.any().usedBy("camera").requireUsableBy("camera"))) {
            assertThat(taken(choice)).isEmpty();
        }
    }

    @Test
    void aMisspeltDeviceIsTakenWithAGuessOfWhatWasMeant() {
        open();

        try (Choice choice = heaps.choose(Need.any().usedBy("CODEK"))) {
            assertThat(taken(choice)).hasSize(3);
            assertThat(reason(choice, "system"))
                    .isEqualTo("not certain for CODEK: no device here is called so; did you mean codec?");
        }
        try (Choice choice = heaps.choose(Need.any().usedBy("lidar"))) {
            assertThat(reason(choice, "system")).endsWith("no device here is called so; there is codec");
        }
    }

    @Test
    void thePolicysListForADeviceComesFirstInItsOrder() {
        openWithoutDevices("device.camera = video@68000000, gone@1 linux,cma, system");

        try (Choice choice = heaps.choose(Need.any().prefer(Trait.CACHED).usedBy("camera"))) {
            assertThat(taken(choice)).containsExactly("video@68000000", "default_cma_region", "system");
            assertThat(reason(choice, "video@68000000"))
                    .isEqualTo("cached (preferred), number 1 of the policy's list for camera");
            assertThat(reason(choice, "default_cma_region")).endsWith("number 3 of the policy's list for camera");
        }
        try (Choice choice = heaps.choose(Need.any().forbid(Trait.CONTIGUOUS).usedBy("camera"))) {
            assertThat(taken(choice))
                    .as("the first of the list that meets the need")
                    .containsExactly("system");
        }
    }

    @Test
    void aHeapThatSuitsMoreDevicesByThePolicyComesFirst() {
        openWithoutDevices("device.camera = video@68000000 system", "device.display = default_cma_region system");

        try (Choice choice = heaps.choose(Need.any().usedBy("camera", "display"))) {
            assertThat(taken(choice).getFirst()).isEqualTo("system");
        }
    }

    @Test
    void whatThePolicyNamesForADeviceIsCertainAndNothingElseIs() {
        openWithoutDevices("device.camera = video@68000000");

        try (Choice strict = heaps.choose(Need.any().requireUsableBy("camera"));
                Choice lenient = heaps.choose(Need.any().usedBy("camera"))) {
            assertThat(taken(strict)).containsExactly("video@68000000");
            assertThat(reason(strict, "system"))
                    .isEqualTo("whether camera can use it is not certain: the policy names video@68000000 for it");
            assertThat(taken(lenient)).hasSize(3).startsWith("video@68000000");
        }
    }

    @Test
    void aHeapWhoseBufferADeviceCannotUseIsPassedOver() {
        open();
        var refused = new AtomicInteger();
        platform.faults.run("attach", () -> {
            if (refused.getAndIncrement() == 0) {
                throw HeapException.of(ErrorCode.INCOMPATIBLE_DEVICE, "codec can never use this memory")
                        .build();
            }
        });

        try (Choice choice = heaps.choose(Need.any().usedBy("codec"));
                DmaBuf buffer = choice.allocate(AllocationRequest.of(4096))) {
            assertThat(buffer.info().heap()).contains("default_cma_region");
            assertThat(choice.trace())
                    .last()
                    .isEqualTo(new Candidate("system", Verdict.FAILED, "codec can never use this memory"));
            assertThat(heaps.usage().buffers()).isEqualTo(1);
            assertThat(heaps.usage().attachments()).isZero();
        }
    }

    @Test
    void aBufferThatNoDeviceCanUseIsGivenBackWhateverIsThrown() {
        open();
        platform.faults.fail("attach", new StackOverflowError("of the test"));

        try (Choice choice = heaps.choose(Need.any().usedBy("codec"))) {
            assertThatThrownBy(() -> choice.allocate(AllocationRequest.of(4096)))
                    .isInstanceOf(StackOverflowError.class);
        }
        platform.faults.heal("attach");
    }

    @Test
    void aPluginThatFailsToTellWhereItsMemoryLiesIsReportedAndItsHeapJudgedByItsTraits() {
        open();
        heaps.close();
        heaps = TestHeaps.open(platform, FakeProvider.of("odd", Traits.SYSTEM, new Mute(platform)));

        try (Choice choice = heaps.choose(Need.any().usedBy("codec"))) {
            assertThat(taken(choice)).containsExactly("odd");
        }
        assertThat(heaps.problems())
                .anySatisfy(problem -> assertThat(problem.message()).contains("outlook"));
    }

    private record Mute(FakePlatform platform) implements HeapOps {
        @Override
        public Memory allocate(AllocationRequest request) {
            return platform.memory(request.size());
        }

        @Override
        public Optional<MemoryOutlook> outlook(long size) {
            throw new IllegalStateException("of the test");
        }
    }
}
