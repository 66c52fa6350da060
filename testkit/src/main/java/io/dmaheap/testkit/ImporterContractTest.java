package io.dmaheap.testkit;

import io.dmaheap.Device;

/**
 * The contract between the buffers of a heap and one device that imports them: what the kernel's {@code struct dma_buf_ops} and its
 * importers promise each other (include/linux/dma-buf.h), kept by {@link Device}.
 *
 * <p>What a device can do with a heap's memory differs, so each test asks {@link io.dmaheap.DmaBuf#canAccess} first and holds it to its
 * answer: after {@code YES} everything must work, after {@code NO} nothing may, and after {@code UNKNOWN} what is refused must be
 * refused properly. A device that cannot use the heap at all passes too, if it says so every time; let a test of your own say which
 * of your devices must be able to.
 *
 * {@snippet :
 * @ParameterizedClass
 * @ValueSource(strings = {"decoder", "display"})
 * class AcmeVideoImporterTests extends ImporterContractTest {
 *     @Parameter
 *     String device;
 *
 *     @Override
 *     protected String heapName() {
 *         return "acme-video";
 *     }
 *
 *     @Override
 *     protected String deviceName() {
 *         return device;
 *     }
 * }
 * }
 *
 * <p>Nothing may be held after a test, as in {@link HeapContractTest}. The heap needs room for three buffers of 1 MiB.
 */
public abstract class ImporterContractTest extends HeapUnderTest
        implements AttachmentContract, ScatterListContract, TransferContract, DirectionContract, AnswerContract {

    /** For subclasses, which need to say only which heap and device they are about. */
    protected ImporterContractTest() {}

    /** The name of the device to test, one of {@link io.dmaheap.Heaps#devices()}. */
    protected abstract String deviceName();

    @Override
    public final Device device() {
        return heaps().device(deviceName())
                .orElseThrow(() -> new AssertionError("no device " + deviceName() + " among " + heaps().devices()));
    }
}
