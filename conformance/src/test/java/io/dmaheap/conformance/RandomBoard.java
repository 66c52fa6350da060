package io.dmaheap.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The source of a device tree with regions of every kind, and with devices that can do little each. The same seed makes the same board. */
final class RandomBoard {
    private static final long MIB = 1 << 20;
    private static final long SLOT = 32 * MIB;
    private static final long LOW = 0x4000_0000L;
    private static final long HIGH = 0x1_0000_0000L;

    private final Random random;
    private final List<Long> slots = new ArrayList<>();
    private final StringBuilder regions = new StringBuilder();
    private final List<String> labels = new ArrayList<>();

    private RandomBoard(long seed) {
        this.random = new Random(seed);
        IntStream.range(2, 22).forEach(i -> slots.add(LOW + i * SLOT));
        IntStream.range(1, 8).forEach(i -> slots.add(HIGH + i * SLOT));
        Collections.shuffle(slots, random);
    }

    static String source(long seed) {
        return new RandomBoard(seed).source();
    }

    private String source() {
        region("linux,cma", "cma", "shared-dma-pool", "reusable; linux,cma-default;");
        IntStream.rangeClosed(1, 1 + random.nextInt(3))
                .forEach(i -> region("area", "area" + i, "shared-dma-pool", "reusable;"));
        region("secure-video", "secure_video", "", "no-map;");
        region("tee-dma", "tee_dma", "shared-dma-pool", "reusable;");
        region("restricted-cm", "restricted_cm", "mediatek,dynamic-restricted-region", "no-map;");
        region("restricted-cma", "restricted_cma", "mediatek,dynamic-restricted-region", "reusable;");
        region("sdp", "sdp", "linaro,restricted-heap", "no-map;");
        region("bounce", "bounce", "restricted-dma-pool", "");
        String gpuRegion = region("protected", "gpu_mem", "shared-dma-pool", "reusable;");
        return """
                /dts-v1/;
                / {
                    #address-cells = <2>;
                    #size-cells = <2>;
                    memory@40000000 {
                        device_type = "memory";
                        reg = <0x0 0x40000000 0x0 0x40000000>, <0x1 0x0 0x0 0x20000000>;
                    };
                    reserved-memory {
                        #address-cells = <2>;
                        #size-cells = <2>;
                        ranges;
                %s
                    };
                    firmware {
                        optee {
                            compatible = "linaro,optee-tz";
                            method = "smc";
                            memory-region = <&secure_video>, <&tee_dma>;
                            memory-region-names = "secure-video", "dma";
                            trusted-ui {
                                dmaheap,use-case = <2>;
                                dmaheap,minimum-size = <0xa00000>;
                                dmaheap,alignment = <0x100000>;
                                dmaheap,read-only = "device0";
                                dmaheap,read-write = "device1";
                            };
                        };
                    };
                    protected-heap { compatible = "linux,cma"; memory-region = <&gpu_mem>; };
                    near {
                        compatible = "simple-bus";
                        #address-cells = <2>;
                        #size-cells = <2>;
                        ranges;
                        dma-ranges = %s;
                %s
                    };
                %s
                };
                """.formatted(regions, windows(), devices(0, 3, gpuRegion), devices(3, 6, gpuRegion));
    }

    /** The name of the region. */
    private String region(String name, String label, String compatible, String flags) {
        long base = slots.removeLast();
        // OP-TEE lends 10 MiB, at a multiple of 1 MiB, for its user interface.
        long size = MIB * (name.equals("tee-dma") ? 16 << random.nextInt(2) : 4 << random.nextInt(4));
        regions.append("%s: %s@%x { %s %s reg = <0x%x 0x%x 0x0 0x%x>; };\n"
                .formatted(
                        label,
                        name,
                        base,
                        compatible.isEmpty() ? "" : "compatible = \"" + compatible + "\";",
                        flags,
                        base >>> 32,
                        base & 0xffff_ffffL,
                        size));
        labels.add(label);
        return "%s@%x".formatted(name, base);
    }

    /** One or two, whose ends may lie within regions. */
    private String windows() {
        String low = window(LOW, 4 * MIB * (1 + random.nextInt(256)));
        return random.nextBoolean() ? low : low + ", " + window(HIGH, 4 * MIB * (1 + random.nextInt(64)));
    }

    private static String window(long base, long size) {
        String address = "0x%x 0x%x".formatted(base >>> 32, base & 0xffff_ffffL);
        return "<%s %s 0x0 0x%x>".formatted(address, address, size);
    }

    private String devices(int from, int to, String gpuRegion) {
        return IntStream.range(from, to)
                .mapToObj(i -> device("device" + i, i, gpuRegion))
                .collect(Collectors.joining("\n"));
    }

    private String device(String name, int number, String gpuRegion) {
        var properties = new ArrayList<String>();
        properties.add("dmaheap,master = \"%s\"".formatted(name));
        properties.add("dmaheap,endpoint = <%d>".formatted(number + 1));
        properties.add("dmaheap,dma-bits = <%d>".formatted(oneOf(30, 31, 32, 32, 33, 34, 40)));
        if (random.nextInt(3) > 0) {
            properties.add("dmaheap,max-segments = <%d>".formatted(oneOf(1, 1, 2, 16, 64, 256)));
        }
        if (random.nextInt(4) == 0) {
            properties.add("dmaheap,max-segment-size = <0x%x>".formatted(oneOf(0x10000, 0x100000, 0x800000)));
        }
        if (random.nextBoolean()) {
            properties.add("dmaheap,secure-reads");
        }
        if (random.nextBoolean()) {
            properties.add("dmaheap,secure-writes");
        }
        if (random.nextInt(6) == 0) {
            properties.add("memory-region = <&bounce>");
        } else if (random.nextBoolean()) {
            properties.add("memory-region = <&%s>".formatted(labels.get(random.nextInt(labels.size() - 2))));
        }
        if (random.nextInt(4) == 0) {
            properties.add("protected-heap-name = \"%s\"".formatted(gpuRegion));
        }
        return "%s { %s; };".formatted(name, String.join("; ", properties));
    }

    private int oneOf(int... values) {
        return values[random.nextInt(values.length)];
    }
}
