package io.dmaheap.vm.trees;

import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.MemoryArea;
import io.dmaheap.MemoryMap.Flaw;
import io.dmaheap.MemoryMap.Kind;
import io.dmaheap.Usage;
import io.dmaheap.emulator.devicetree.Node;
import io.dmaheap.emulator.devicetree.TreeFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes a board of each device tree below a folder, and checks that every region of the tree is there, that {@code system} and every CMA
 * heap allocate, and that nothing is called faulty but what a kernel complains about, too.
 *
 * <p>Arguments: the folder; then, for a sample, how many trees and a seed. Exits with 0 if all boards are as they should be.
 */
public final class TreeSweep {
    /** What drivers/of/of_reserved_mem.c of a kernel says in words of its own. */
    private static final Pattern KERNEL_SAYS_SO = Pattern.compile(
            ".* overlaps .*|no free place for .*|reg has \\d+ entries, and the kernel uses only the first");

    private final PrintStream out;
    private int failures;
    private int flaws;
    private int heaps;
    private int regions;
    private int assumed;

    private TreeSweep(PrintStream out) {
        this.out = out;
    }

    /** Opens the boards one after another. */
    public static void main(String[] arguments) throws IOException {
        List<Path> trees;
        try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
            trees = new ArrayList<>(files.filter(file -> file.toString().endsWith(".dtb"))
                    .sorted()
                    .toList());
        }
        int all = trees.size();
        if (arguments.length > 1) {
            long seed = Long.parseLong(arguments[2]);
            System.out.println("seed " + seed);
            Collections.shuffle(trees, new Random(seed));
            trees = trees.subList(0, Math.min(all, Integer.parseInt(arguments[1])));
        }
        var sweep = new TreeSweep(System.out);
        for (int i = 0; i < trees.size(); i++) {
            sweep.open(trees.get(i));
            if ((i + 1) % 200 == 0) {
                System.out.println((i + 1) + " of " + trees.size() + " boards");
            }
        }
        System.out.println(trees.size() + " of " + all + " trees: " + sweep.regions + " regions, " + sweep.heaps
                + " heaps that allocate, " + sweep.assumed + " boards whose memory was assumed, " + sweep.flaws
                + " flaws, " + sweep.failures + " failures");
        System.exit(sweep.failures == 0 && !trees.isEmpty() ? 0 : 1);
    }

    private void open(Path tree) {
        try (Heaps opened = Heaps.open(HeapsOptions.defaults()
                .withPlatform("emulator")
                .withSetting("platform.emulator.board", tree.toString()))) {
            examine(tree, opened);
        } catch (RuntimeException e) {
            fail(tree, "cannot be opened: " + e);
        }
    }

    private void examine(Path tree, Heaps opened) {
        List<Flaw> found = opened.memoryMap().flaws();
        for (Flaw flaw : found) {
            flaws++;
            out.println(tree.getFileName() + ": " + flaw.node() + ": " + flaw.message());
            if (!KERNEL_SAYS_SO.matcher(flaw.message()).matches()) {
                fail(tree, "no kernel complains about that");
            }
        }
        List<String> areas = opened.memoryMap().areas().stream()
                .filter(area -> area.kind() != Kind.ORDINARY)
                .map(MemoryArea::name)
                .toList();
        regions += areas.size();
        for (Node node : reserved(tree)) {
            if (!areas.contains(node.name())
                    && found.stream().noneMatch(flaw -> flaw.node().equals(node.path()))) {
                fail(tree, "the region " + node.path() + " is missing");
            }
        }
        if (opened.memoryMap().unknown().size() > 1) {
            assumed++;
        }
        for (HeapInfo heap : opened.heaps()) {
            allocate(tree, opened, heap.name());
        }
        Usage usage = opened.usage();
        if (usage.buffers() != 0 || usage.bytes() != 0) {
            fail(tree, "something is left: " + usage);
        }
    }

    private void allocate(Path tree, Heaps opened, String name) {
        try (Heap heap = opened.heap(name);
                DmaBuf buffer = heap.allocate(4096)) {
            heaps++;
        } catch (HeapException e) {
            fail(tree, "the heap " + name + " does not allocate: " + e.getMessage());
        }
    }

    /** The nodes that a kernel makes regions of. */
    private static List<Node> reserved(Path tree) {
        return TreeFile.read(tree).find("/reserved-memory").stream()
                .flatMap(parent -> parent.children().stream())
                .filter(Node::isEnabled)
                .filter(node -> node.has("reg") || node.has("size"))
                .toList();
    }

    private void fail(Path tree, String what) {
        failures++;
        out.println(tree.getFileName() + ": FAILED: " + what);
    }
}
