package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Protection;
import io.dmaheap.Protection.Kind;
import io.dmaheap.Traits;
import io.dmaheap.spi.HeapSpec;
import java.util.Optional;
import java.util.stream.Stream;

/** What OP-TEE protects memory for ({@code enum tee_dma_heap_id}, include/linux/tee_core.h; names of drivers/tee/tee_heap.c). */
enum UseCase {
    /** Playback of protected video. */
    SECURE_VIDEO(1, "secure-video"),
    /** Pictures that only the secure world draws. */
    TRUSTED_UI(2, "trusted-ui"),
    /** Recording of protected video. */
    SECURE_VIDEO_RECORD(3, "secure-video-record");

    private static final String PREFIX = "protected,";

    private final int id;
    private final String word;

    UseCase(int id, String word) {
        this.id = id;
        this.word = word;
    }

    /** The number by which the firmware knows it. */
    int id() {
        return id;
    }

    /** The name of its heap. */
    String heap() {
        return PREFIX + word;
    }

    /** The heap of this use, whose memory nobody clears between two owners. */
    HeapSpec spec() {
        return new HeapSpec(heap(), Traits.protectedFor(new Protection(Kind.INACCESSIBLE, word)));
    }

    /** The use whose heap has this name. */
    static Optional<UseCase> ofHeap(String name) {
        return Stream.of(values()).filter(use -> use.heap().equals(name)).findFirst();
    }
}
