package io.dmaheap.emulator.board;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.emulator.devicetree.AddressRange;
import io.dmaheap.emulator.devicetree.DeviceTree;
import io.dmaheap.emulator.devicetree.TreeFile;
import io.dmaheap.emulator.devicetree.TreeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A machine. Immutable, so safe for use by several threads.
 *
 * @param model what it is called
 * @param memory its DRAM, ascending
 * @param memoryAssumed whether the tree leaves the memory to the boot loader, so that what is in {@code memory} was assumed
 * @param ordinary what of it nobody reserved, ascending; a region left out for a fault is not in it either
 * @param regions the reserved regions, in the order of the tree
 * @param cmaHeaps the heaps that CMA regions make, in the order in which the kernel adds them
 * @param devices the bus masters, in the order of the tree
 * @param optee the OP-TEE of its secure world, if it has one
 * @param problems what is wrong with its description
 */
public record Board(
        String model,
        List<AddressRange> memory,
        boolean memoryAssumed,
        List<AddressRange> ordinary,
        List<Region> regions,
        List<CmaHeap> cmaHeaps,
        List<Device> devices,
        Optional<OpteeFirmware> optee,
        List<BoardProblem> problems) {

    /** Checks that all parts are there. */
    public Board {
        Objects.requireNonNull(model, "model");
        memory = List.copyOf(memory);
        ordinary = List.copyOf(ordinary);
        regions = List.copyOf(regions);
        cmaHeaps = List.copyOf(cmaHeaps);
        devices = List.copyOf(devices);
        Objects.requireNonNull(optee, "optee");
        problems = List.copyOf(problems);
    }

    /** The board that is built in: {@code standard.dts} beside this class. */
    public static Board standard() {
        return standard(BootMemory.OF_TREE);
    }

    /** The board that is built in, with the memory that its boot loader finds. */
    public static Board standard(BootMemory found) {
        try (var source = Objects.requireNonNull(Board.class.getResourceAsStream("standard.dts"))) {
            return of(
                    TreeSource.read(new String(source.readAllBytes(), StandardCharsets.UTF_8), "standard.dts"), found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A board from a file.
     *
     * @param tree what {@link TreeFile} takes
     * @throws HeapException {@link ErrorCode#INVALID_CONFIGURATION} if the tree cannot be read at all; what is wrong with single
     *     nodes is in {@link #problems()}
     */
    public static Board open(Path tree) {
        return open(tree, BootMemory.OF_TREE);
    }

    /**
     * A board from a file, with the memory that its boot loader finds.
     *
     * @throws HeapException as {@link #open(Path)}
     */
    public static Board open(Path tree, BootMemory found) {
        return of(TreeFile.read(tree), found);
    }

    /** What the tree describes. Never fails; whatever is wrong is in {@link #problems()}. */
    public static Board of(DeviceTree tree) {
        return of(tree, BootMemory.OF_TREE);
    }

    /** What the tree describes, with the memory that the boot loader finds. Never fails, as {@link #of(DeviceTree)}. */
    public static Board of(DeviceTree tree, BootMemory found) {
        return new BoardReader(tree, found).read();
    }

    /** The region of this name. */
    public Optional<Region> region(String name) {
        return regions.stream().filter(r -> r.name().equals(name)).findFirst();
    }

    /** The device of this name. */
    public Optional<Device> device(String name) {
        return devices.stream().filter(d -> d.name().equals(name)).findFirst();
    }
}
