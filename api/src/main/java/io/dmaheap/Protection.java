package io.dmaheap;

import io.dmaheap.spi.Framework;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What protects a heap's memory, and for which use. Two heaps whose protections differ are never substituted for one another.
 *
 * @param kind how the memory is kept from the CPU
 * @param useCase what it may be used for, in the kernel's words: {@code secure-video}, {@code trusted-ui},
 *     {@code secure-video-record} (enum tee_dma_heap_id, include/linux/tee_core.h), or a vendor's own word
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Protection(Kind kind, String useCase) {
    /** Checks that both parts are there. */
    public Protection {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(useCase, "useCase");
    }

    /**
     * Makes sure that a buffer is what a driver must have before it lets protected data into it: allocated here, from a heap whose
     * memory is protected for this use. What came in as a file descriptor of somebody else is refused, whatever its exporter calls
     * itself: nobody here saw it allocated, and a device that meets ordinary memory where protected memory is due shows the data to
     * everyone, or hangs. The same buffer that was exported here and came back is recognised.
     *
     * @param useCase such as {@code secure-video}
     * @return what protects the buffer
     * @throws HeapException {@link ErrorCode#NOT_PROTECTED} with the reason
     * @throws IllegalStateException if the buffer's handle is closed
     */
    public static Protection require(DmaBuf buffer, String useCase) {
        return vouched(buffer, Objects.requireNonNull(useCase, "useCase"), null);
    }

    /**
     * As {@link #require(DmaBuf, String)}, for a device that also cares how the memory is protected.
     *
     * @return {@code expected}
     * @throws HeapException {@link ErrorCode#NOT_PROTECTED} with the reason
     * @throws IllegalStateException if the buffer's handle is closed
     */
    public static Protection require(DmaBuf buffer, Protection expected) {
        return vouched(buffer, expected.useCase, expected.kind);
    }

    private static Protection vouched(DmaBuf buffer, String useCase, @Nullable Kind kind) {
        return Vouching.FRAMEWORK.vouch(Objects.requireNonNull(buffer, "buffer"), useCase, kind);
    }

    /** Looked up once: drivers ask for every frame. */
    private static final class Vouching {
        static final Framework FRAMEWORK = Framework.load();
    }

    /** How memory is kept from the CPU. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public enum Kind {
        /** A firewall faults or blocks the access. */
        INACCESSIBLE,
        /** The CPU may read, but sees ciphertext. */
        ENCRYPTED,
        /** A hypervisor leaves the range out of the second-stage page tables. */
        HYPERVISOR
    }
}
