package io.dmaheap.core.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.AllocationRequest;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.core.TestHeaps;
import io.dmaheap.core.buffer.PlatformUse;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.plugin.ProviderHost.Running;
import io.dmaheap.core.policy.MemoryBound;
import io.dmaheap.core.registry.HeapRegistry;
import io.dmaheap.core.registry.LiveHeap;
import io.dmaheap.core.registry.NameClash;
import io.dmaheap.core.restricted.Quarantine;
import io.dmaheap.spi.HeapSpec;
import io.dmaheap.spi.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new version of a plugin takes over the heaps of the old one. */
@Timeout(60)
class TakeoverTests {
    private static final AllocationRequest REQUEST = AllocationRequest.of(4096);
    private static final Traits VIDEO =
            Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video"));

    private final FakePlatform platform = new FakePlatform();
    private final PlatformUse use = new PlatformUse(platform);
    private final List<NameClash> clashes = new ArrayList<>();
    private final HeapRegistry registry = new HeapRegistry(TestHeaps.policy().aliases(), clashes::add, clashes::remove);
    private final Problems problems = new Problems();
    private final ProviderRunner runner = new ProviderRunner(new Surroundings(
            platform,
            use,
            registry,
            TestHeaps.policy("limit.capped.total = 12K", "limit.capped.client = 8K"),
            new MemoryBound(platform::availableMemory, 1),
            problems,
            new CallLimit(Duration.ofSeconds(10), problems),
            new Quarantine(problems)));
    private final Map<String, FakeHeap> ops = new HashMap<>();

    @AfterEach
    void nothingIsLeft() {
        assertThat(registry.all()).isEmpty();
        use.close();
        assertThat(platform.closed).hasValue(1);
        platform.assertNothingHeld();
    }

    private Running start(String id, boolean pinned, Traits traits, String... heaps) {
        return runner.start(
                id,
                () -> List.of(FakeProvider.starting(id, context -> {
                    for (String heap : heaps) {
                        var own = new FakeHeap(platform);
                        ops.put(heap, own);
                        FakeProvider.register(context, new HeapSpec(heap, traits), own);
                    }
                })),
                getClass().getClassLoader(),
                pinned);
    }

    private Running start(Traits traits, String... heaps) {
        return start("vendor", false, traits, heaps);
    }

    private LiveHeap find(String name) {
        LiveHeap heap = registry.find(name);
        assertThat(heap).as(name).isNotNull();
        return heap;
    }

    private static void end(Running running) {
        running.drain(running::stop);
    }

    @Test
    void theNameIsFoundAllTheTimeAndLeadsToTheNewVersion() {
        Running old = start(Traits.SYSTEM, "kept", "dropped");
        FakeHeap oldOps = ops.get("kept");
        LiveHeap held = find("kept");

        Running fresh = start(Traits.SYSTEM, "kept", "added");

        LiveHeap found = find("kept");
        assertThat(found).isNotSameAs(held);
        assertThat(held.successor()).contains(found);
        end(old);
        assertThat(registry.find("dropped")).isNull();
        find("added").release();
        assertThatThrownBy(() -> held.allocate(REQUEST))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HEAP_DRAINING));
        held.release();
        assertThat(oldOps.closed).hasValue(1);
        Memory memory = found.allocate(REQUEST);
        memory.release();
        found.release();
        end(fresh);
    }

    @Test
    void protectedMemoryPassesOnWhenTheOldVersionHasNoBufferLeft() {
        Running old = start(VIDEO, "secret");
        FakeHeap oldOps = ops.get("secret");
        LiveHeap before = find("secret");
        Memory memory = before.allocate(REQUEST);

        Running fresh = start(VIDEO, "secret");
        FakeHeap freshOps = ops.get("secret");
        end(old);

        LiveHeap still = find("secret");
        assertThat(still).isSameAs(before);
        Memory more = still.allocate(REQUEST);
        assertThat(oldOps.asked).hasValue(2);
        memory.release();
        assertThat(find("secret")).isSameAs(before);
        before.release();

        more.release();

        LiveHeap after = find("secret");
        assertThat(after).isNotSameAs(before);
        Memory last = after.allocate(REQUEST);
        assertThat(freshOps.asked).hasValue(1);
        last.release();
        after.release();
        still.release();
        assertThat(oldOps.closed).hasValue(0);
        before.release();
        assertThat(oldOps.closed).hasValue(1);
        end(fresh);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLimitsOfAHeapHoldOverAllItsVersionsTogether(boolean drainedBefore) {
        AllocationRequest camera = REQUEST.withClient("camera");
        Running old = start(Traits.SYSTEM, "capped");
        LiveHeap before = find("capped");
        List<Memory> memories = new ArrayList<>(List.of(before.allocate(camera)));
        if (drainedBefore) {
            end(old);
        }
        Running fresh = start(Traits.SYSTEM, "capped");
        if (!drainedBefore) {
            end(old);
        }
        LiveHeap after = find("capped");

        memories.add(after.allocate(camera));
        assertLimited(() -> after.allocate(camera), "the client camera");
        memories.add(after.allocate(REQUEST));
        assertLimited(() -> after.allocate(REQUEST.withClient("display")), "limit.capped.total");
        assertThat(before.bytes()).isEqualTo(4096);
        assertThat(registry.all().stream().mapToLong(LiveHeap::bytes).sum()).isEqualTo(3 * 4096);
        memories.removeFirst().release();

        memories.add(after.allocate(camera));
        memories.forEach(Memory::release);
        assertThat(after.bytes()).isZero();
        assertThat(after.bytesByClient()).isEmpty();
        before.release();
        after.release();
        end(fresh);
    }

    private static void assertLimited(ThrowingCallable allocation, String hint) {
        assertThatThrownBy(allocation)
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
                .hasMessageContaining(hint);
    }

    @Test
    void aVersionThatNeverServedIsPassedOver() {
        Running first = start(VIDEO, "secret");
        LiveHeap heap = find("secret");
        Memory memory = heap.allocate(REQUEST);
        Running second = start(VIDEO, "secret");
        end(first);
        Running third = start(VIDEO, "secret");
        end(second);
        assertThat(find("secret")).isSameAs(heap);
        heap.release();

        memory.release();

        LiveHeap last = find("secret");
        assertThat(last).isNotSameAs(heap);
        last.release();
        heap.release();
        end(third);
    }

    @Test
    void theOldVersionGoesWithTheNewOneThatItServesFor() {
        Running old = start(VIDEO, "secret");
        LiveHeap heap = find("secret");
        Memory memory = heap.allocate(REQUEST);
        Running fresh = start(VIDEO, "secret");
        end(old);

        end(fresh);

        assertThat(registry.find("secret")).isNull();
        memory.release();
        heap.release();
    }

    @Test
    void aPinnedPluginHasTheNameAndAStrangerGetsItWhenThatIsGone() {
        Running stranger = start("stranger", false, Traits.SYSTEM, "name");
        Running pinned = start("pinned", true, Traits.SYSTEM, "name");
        LiveHeap found = find("name");
        assertThat(found.plugin()).isEqualTo("pinned");
        found.release();
        assertThat(clashes).containsExactly(new NameClash("name", "stranger", List.of("pinned"), true));

        end(pinned);
        LiveHeap again = find("name");
        assertThat(again.plugin()).isEqualTo("stranger");
        assertThat(clashes).isEmpty();
        again.release();
        end(stranger);
    }

    @Test
    void aHeapThatThePolicyOffersGoesBeforeStrangersAndAfterPinnedPlugins() {
        Running stated = start(PolicyHeaps.ID, true, Traits.SYSTEM, "name");
        Running stranger = start("stranger", false, Traits.SYSTEM, "name");
        LiveHeap found = find("name");
        assertThat(found.plugin()).isEqualTo(PolicyHeaps.ID);
        found.release();

        Running pinned = start("pinned", true, Traits.SYSTEM, "name");
        LiveHeap again = find("name");
        assertThat(again.plugin()).isEqualTo("pinned");
        again.release();

        end(pinned);
        end(stranger);
        end(stated);
    }

    @Test
    void ofTwoStrangersNeitherHasTheNameUntilOneIsGone() {
        Running one = start("one", false, Traits.SYSTEM, "name");
        Running two = start("two", false, Traits.SYSTEM, "name");
        assertThat(registry.find("name")).isNull();
        assertThat(clashes)
                .containsExactlyInAnyOrder(
                        new NameClash("name", "one", List.of("two"), false),
                        new NameClash("name", "two", List.of("one"), false));

        end(two);

        find("name").release();
        assertThat(clashes).isEmpty();
        end(one);
    }

    @Test
    void aClashIsReportedAnewWhenOthersStandInTheWayAndEndsWithTheHeap() {
        Running one = start("one", false, Traits.SYSTEM, "name");
        Running two = start("two", false, Traits.SYSTEM, "name");
        Running three = start("three", false, Traits.SYSTEM, "name");
        assertThat(clashes)
                .containsExactlyInAnyOrder(
                        new NameClash("name", "one", List.of("two", "three"), false),
                        new NameClash("name", "two", List.of("one", "three"), false),
                        new NameClash("name", "three", List.of("one", "two"), false));

        end(one);
        Running newer = start("two", false, Traits.SYSTEM, "name");
        end(two);

        assertThat(clashes)
                .containsExactlyInAnyOrder(
                        new NameClash("name", "two", List.of("three"), false),
                        new NameClash("name", "three", List.of("two"), false));
        end(newer);
        end(three);
        assertThat(clashes).isEmpty();
    }

    /** Plugins replace each other as fast as they can while others look. */
    @Test
    void noLookFailsDuringAThousandTakeovers() throws Exception {
        Running current = start(Traits.SYSTEM, "name");
        var stop = new AtomicBoolean();
        var looking = new CountDownLatch(2);
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Future<Long>> lookers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                lookers.add(threads.submit(() -> {
                    long missed = 0;
                    looking.countDown();
                    while (!stop.get()) {
                        LiveHeap heap = registry.find("name");
                        if (heap == null) {
                            missed++;
                        } else {
                            heap.release();
                        }
                    }
                    return missed;
                }));
            }
            assertThat(looking.await(30, TimeUnit.SECONDS)).isTrue();
            try {
                for (int i = 0; i < 1000; i++) {
                    Running next = start(Traits.SYSTEM, "name");
                    end(current);
                    current = next;
                }
            } finally {
                stop.set(true);
            }
            for (Future<Long> looker : lookers) {
                assertThat(looker.get(30, TimeUnit.SECONDS)).isZero();
            }
        }
        end(current);
    }
}
