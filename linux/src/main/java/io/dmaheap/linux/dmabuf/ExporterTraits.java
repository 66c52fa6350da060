package io.dmaheap.linux.dmabuf;

import io.dmaheap.Answer;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the name of an exporter or heap tells about its memory. The kernel offers no call that does (linux, up to 7.3), so this
 * table was read from its sources:
 *
 * <table class="striped">
 * <caption>Exporters of linux 5.6 to 7.3</caption>
 * <tr><th>name</th><th>source</th><th>memory</th></tr>
 * <tr><td>{@code system}</td><td>drivers/dma-buf/heaps/system_heap.c</td><td>scattered, cached, zeroed</td></tr>
 * <tr><td>{@code system_cc_shared}</td><td>the same file</td><td>as {@code system}, readable by the hypervisor</td></tr>
 * <tr><td>{@code default_cma_region}, {@code reserved}, {@code linux,cma}, {@code default-pool}</td>
 *     <td>drivers/dma-buf/heaps/cma_heap.c</td><td>contiguous, cached, zeroed</td></tr>
 * <tr><td>{@code NAME@ADDRESS}</td><td>the same file: the area of a reserved-memory node</td><td>the same</td></tr>
 * <tr><td>{@code tee}</td><td>drivers/tee/tee_heap.c</td><td>protected for a use that the kernel does not tell</td></tr>
 * <tr><td>{@code udmabuf}</td><td>drivers/dma-buf/udmabuf.c</td><td>scattered, cached, made of a memfd</td></tr>
 * </table>
 *
 * <p>Of any other exporter nothing is known.
 */
public final class ExporterTraits {
    private static final Traits OF_UDMABUF = Traits.SYSTEM.withZeroed(Answer.UNKNOWN);
    private static final Traits OF_TEE = Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "unknown"));

    /** Of the mainline exporters only CMA heaps have a node's name; what is named for its protection comes from a vendor's kernel. */
    private static final Pattern AREA = Pattern.compile("(?!protected|restricted|secure).+@[0-9a-f]+(-contiguous)?");

    private ExporterTraits() {}

    /** The traits of what {@code exporter} exports. */
    public static Traits of(Optional<String> exporter) {
        return switch (exporter.orElse("")) {
            case "system", "system_cc_shared" -> Traits.SYSTEM;
            case "default_cma_region", "reserved", "linux,cma", "default-pool" -> Traits.CMA;
            case "udmabuf" -> OF_UDMABUF;
            case "tee" -> OF_TEE;
            case String name when AREA.matcher(name).matches() -> Traits.CMA;
            default -> Traits.UNKNOWN;
        };
    }
}
