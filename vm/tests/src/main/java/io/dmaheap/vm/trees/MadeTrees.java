package io.dmaheap.vm.trees;

import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.BootMemory;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.devicetree.AddressRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes children of {@code /reserved-memory} for QEMU's {@code virt} machine with 1 GiB of memory, and compares what a kernel made of
 * them with what the emulated board makes.
 *
 * <p>Arguments: {@code write DIRECTORY COUNT SEED} writes {@code 1.dtsi} and so on, to be added to the tree of the machine;
 * {@code compare DIRECTORY} reads {@code 1.dtb} and {@code 1.console} and exits with 0 if all agree.
 */
public final class MadeTrees {
    private static final long MIB = 1 << 20;
    private static final AddressRange MEMORY = new AddressRange(1L << 30, 1L << 30);

    /** {@code fdt_init_reserved_mem_node()} of drivers/of/of_reserved_mem.c. */
    private static final Pattern REGION = Pattern.compile(
            "OF: reserved mem: 0x([0-9a-f]+)\\.\\.0x([0-9a-f]+) \\(\\d+ KiB\\) (map|nomap) (reusable|non-reusable) (\\S+)");

    /** {@code cma_activate_area()} of mm/cma.c. */
    private static final Pattern UNUSABLE = Pattern.compile("CMA area (\\S+) could not be activated");

    /** A top-level line of {@code /proc/iomem}. */
    private static final Pattern RAM = Pattern.compile("iomem: ([0-9a-f]+)-([0-9a-f]+) : System RAM");

    private MadeTrees() {}

    /** Writes or compares. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        if (arguments[0].equals("write")) {
            long seed = Long.parseLong(arguments[3]);
            System.out.println("seed " + seed);
            var random = new Random(seed);
            for (int i = 1; i <= Integer.parseInt(arguments[2]); i++) {
                Files.writeString(directory.resolve(i + ".dtsi"), regions(random));
            }
            return;
        }
        List<Path> trees;
        try (Stream<Path> files = Files.list(directory)) {
            trees = files.filter(file -> file.toString().endsWith(".dtsi"))
                    .sorted()
                    .toList();
        }
        int differing = 0;
        int regions = 0;
        for (Path tree : trees) {
            String name = tree.getFileName().toString().replace(".dtsi", "");
            Board board = Board.open(directory.resolve(name + ".dtb"), BootMemory.of(List.of(MEMORY)));
            String console = Files.readString(directory.resolve(name + ".console"), StandardCharsets.ISO_8859_1);
            List<String> differences = differences(board, console);
            regions += board.regions().size();
            if (!differences.isEmpty()) {
                differing++;
                System.out.println("tree " + name + " differs:");
                differences.forEach(line -> System.out.println("  " + line));
                System.out.println(Files.readString(tree));
                board.problems().forEach(problem -> System.out.println("  ours: " + problem));
                console.lines()
                        .filter(line -> line.contains("reserved mem") || line.contains("cma") || line.contains("CMA"))
                        .forEach(line -> System.out.println("  kernel: " + line.strip()));
            }
        }
        System.out.println(
                trees.size() + " trees, " + regions + " regions of ours, " + differing + " trees that differ");
        System.exit(differing == 0 && !trees.isEmpty() ? 0 : 1);
    }

    private static String regions(Random random) {
        var text = new StringBuilder("/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n");
        int count = 2 + random.nextInt(7);
        int isDefault = random.nextInt(2 * count);
        for (int i = 0; i < count; i++) {
            boolean beside = random.nextInt(10) == 0;
            String place = beside ? reg(0x2000_0000 + 2 * MIB * random.nextInt(64), 2 * MIB) : place(random);
            text.append("r%d { %s %s };\n".formatted(i, place, kind(random, beside, i == isDefault)));
        }
        return text.append("}; };\n").toString();
    }

    private static String place(Random random) {
        long megabytes = 2L * (1 + random.nextInt(16));
        return switch (random.nextInt(9)) {
            case 0, 1, 2 -> reg(base(random), megabytes * MIB);
            case 3 -> reg(base(random) + 4096L * random.nextInt(512), 4096L * (1 + random.nextInt(64)));
            case 4 -> reg(base(random) + random.nextInt(4096), 1 + random.nextInt(100_000));
            case 5 -> "size = <0 0x%x>;".formatted(megabytes * MIB);
            case 6 ->
                "size = <0 0x%x>; alignment = <0 0x%x>;"
                        .formatted(4096L * (1 + random.nextInt(1024)), 4096L << random.nextInt(12));
            case 7 ->
                "size = <0 0x%x>; alloc-ranges = <0 0x%x 0 0x%x>;"
                        .formatted(megabytes * MIB, base(random), 4 * MIB * (1 + random.nextInt(12)));
            default -> random.nextBoolean() ? "size = <0x200000>;" : "reg = <0 0x60000000 0 0>;";
        };
    }

    private static String reg(long base, long size) {
        return "reg = <0 0x%x 0 0x%x>;".formatted(base, size);
    }

    /** Above what the kernel, its file system and its tree take. */
    private static long base(Random random) {
        return 0x5000_0000L + 2 * MIB * random.nextInt(370);
    }

    /** A CMA area beside memory is left out: the kernel does not survive it. */
    private static String kind(Random random, boolean beside, boolean isDefault) {
        String compatible = "compatible = \"shared-dma-pool\";";
        return switch (random.nextInt(beside ? 6 : 8)) {
            case 0 -> "no-map;";
            case 1 -> "";
            case 2 -> compatible;
            case 3 -> compatible + " no-map;";
            case 4 -> "compatible = \"restricted-dma-pool\";";
            case 5 -> "compatible = \"acme,firmware\"; no-map;";
            default -> compatible + " reusable;" + (isDefault ? " linux,cma-default;" : "");
        };
    }

    private static List<String> differences(Board board, String console) {
        Set<String> kernels = new TreeSet<>();
        Matcher matcher = REGION.matcher(console);
        while (matcher.find()) {
            long base = Long.parseUnsignedLong(matcher.group(1), 16);
            long end = Long.parseUnsignedLong(matcher.group(2), 16) + 1;
            kernels.add(line(
                    matcher.group(5),
                    new AddressRange(base, end - base),
                    matcher.group(3).equals("nomap"),
                    matcher.group(4).equals("reusable")));
        }
        UNUSABLE.matcher(console)
                .results()
                .forEach(found -> kernels.removeIf(line -> line.startsWith(found.group(1) + " ")));
        Set<String> ours = board.regions().stream()
                .map(Region::placement)
                .map(place -> line(place.name(), place.range(), place.noMap(), place.reusable()))
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> differences = new ArrayList<>();
        kernels.stream().filter(line -> !ours.contains(line)).forEach(line -> differences.add("kernel only: " + line));
        ours.stream().filter(line -> !kernels.contains(line)).forEach(line -> differences.add("ours only: " + line));
        differences.addAll(mapped(board, console));
        return differences;
    }

    /** What {@code /proc/iomem} calls memory must be what we have, less what must not be mapped. */
    private static List<String> mapped(Board board, String console) {
        List<AddressRange> ram = RAM.matcher(console)
                .results()
                .map(found -> {
                    long base = Long.parseUnsignedLong(found.group(1), 16);
                    return new AddressRange(base, Long.parseUnsignedLong(found.group(2), 16) + 1 - base);
                })
                .toList();
        if (ram.isEmpty()) {
            return List.of("the kernel showed no memory; the end of its console: "
                    + console.substring(Math.max(0, console.length() - 300)).strip());
        }
        return board.ordinary().stream()
                .flatMap(range -> range.aligned(Region.PAGE).stream())
                .flatMap(range -> range.without(ram).stream())
                .map(range -> "ordinary memory that the kernel does not have: " + range)
                .toList();
    }

    private static String line(String name, AddressRange range, boolean noMap, boolean reusable) {
        return name + " " + range + (noMap ? " nomap" : " map") + (reusable ? " reusable" : " non-reusable");
    }
}
