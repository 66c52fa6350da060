package io.dmaheap.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.core.fake.FakeHeap;
import io.dmaheap.core.fake.FakePlatform;
import io.dmaheap.core.fake.FakeProvider;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a driver may trust. */
class ProtectionTests {
    private static final Protection VIDEO = new Protection(Kind.INACCESSIBLE, "secure-video");
    private static final String PROTECTED_HEAP = "`dmaheap list`";
    private static final String OTHER_HEAP = "Heaps.choose(Need)";

    private final FakePlatform platform = new FakePlatform();
    private final Heaps heaps = TestHeaps.open(
            platform,
            FakeProvider.of("protected,secure-video", Traits.protectedFor(VIDEO), new FakeHeap(platform)),
            FakeProvider.of("video", Traits.CMA, new FakeHeap(platform)));

    @AfterEach
    void nothingIsLeft() {
        heaps.close();
        platform.assertNothingHeld();
    }

    private DmaBuf allocate(String name) {
        try (Heap heap = heaps.find(name).orElseThrow()) {
            return heap.allocate(4096);
        }
    }

    private static void assertRefused(Runnable require, String reason, String nextStep) {
        assertThatThrownBy(require::run).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_PROTECTED);
            assertThat(e.errno()).contains("EPERM");
            assertThat(e).hasMessageContaining(reason);
            assertThat(e.operation()).contains("require");
            assertThat(e.hint()).get().asString().contains(nextStep);
        });
    }

    @Test
    void aBufferOfAProtectedHeapIsTrustedForItsUse() {
        try (DmaBuf buffer = allocate("protected,secure-video")) {
            assertThat(Protection.require(buffer, "secure-video")).isEqualTo(VIDEO);
            assertThat(Protection.require(buffer, VIDEO)).isEqualTo(VIDEO);
        }
    }

    @Test
    void theWrongUseCaseAndTheWrongKindAreRefused() {
        try (DmaBuf buffer = allocate("protected,secure-video")) {
            assertRefused(
                    () -> Protection.require(buffer, "trusted-ui"),
                    "for secure-video and not for trusted-ui",
                    OTHER_HEAP);
            assertRefused(
                    () -> Protection.require(buffer, new Protection(Kind.ENCRYPTED, "secure-video")),
                    "INACCESSIBLE and not ENCRYPTED",
                    OTHER_HEAP);
        }
    }

    @Test
    void ordinaryMemoryIsRefused() {
        try (DmaBuf buffer = allocate("video")) {
            assertRefused(() -> Protection.require(buffer, "secure-video"), "the heap video", PROTECTED_HEAP);
        }
    }

    @Test
    void aForeignDescriptorIsRefusedWhateverItClaims() {
        int fd = platform.foreignFd(4096);
        try (DmaBuf buffer = heaps.importFd(fd)) {
            assertRefused(
                    () -> Protection.require(buffer, "secure-video"), "nobody here saw it allocated", PROTECTED_HEAP);
        }
        platform.closeFd(fd);
    }

    @Test
    void ourOwnBufferThatComesBackIsRecognised() {
        try (DmaBuf buffer = allocate("protected,secure-video");
                var fd = buffer.exportFd();
                DmaBuf back = heaps.importFd(fd.number())) {
            assertThat(Protection.require(back, "secure-video")).isEqualTo(VIDEO);
        }
    }

    @Test
    void anObjectThatOnlyPretendsToBeABufferIsRefused() {
        var pretender = (DmaBuf) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DmaBuf.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("asked for " + method);
                });

        assertRefused(
                () -> Protection.require(pretender, "secure-video"), "not a buffer of this library", PROTECTED_HEAP);
    }

    @Test
    void aClosedHandleProvesNothing() {
        DmaBuf buffer = allocate("protected,secure-video");
        buffer.close();

        assertThatThrownBy(() -> Protection.require(buffer, "secure-video")).isInstanceOf(IllegalStateException.class);
    }
}
