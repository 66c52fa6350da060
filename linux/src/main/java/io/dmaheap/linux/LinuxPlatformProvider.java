package io.dmaheap.linux;

import io.dmaheap.Finding;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo.Openable;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Offers the kernel's heaps where there is one, whether or not this process may open it. */
public final class LinuxPlatformProvider implements PlatformProvider {
    static final String NAME = "linux";

    private static final int RANK = 100;

    private final Path root;

    /** For {@link java.util.ServiceLoader}. */
    public LinuxPlatformProvider() {
        this(Path.of("/"));
    }

    LinuxPlatformProvider(Path root) {
        this.root = root;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Suitability suitability() {
        return NativeAccess.obstacle()
                .map(obstacle -> unusable(obstacle.what() + ". " + obstacle.fix()))
                .orElseGet(() -> suitability(NativeAccess.libc()));
    }

    Suitability suitability(Libc libc) {
        HeapDirectory directory = HeapDirectory.below(root);
        if (!directory.exists()) {
            return unusable(
                    directory.path() + " is missing: the kernel was built without CONFIG_DMABUF_HEAPS, or this is a"
                            + " container without it");
        }
        List<Path> nodes;
        try {
            nodes = directory.nodes(libc);
        } catch (HeapException e) {
            return unusable(e.getMessage());
        }
        if (nodes.isEmpty()) {
            return unusable(
                    directory.path() + " has no heap: the kernel was built without CONFIG_DMABUF_HEAPS_SYSTEM and"
                            + " CONFIG_DMABUF_HEAPS_CMA, or their modules are not loaded");
        }
        var openable = new ArrayList<String>();
        var reasons = new ArrayList<String>();
        for (Path path : nodes) {
            var node = new HeapNode(path, root);
            Openable answer = node.openable(libc);
            if (answer.yes()) {
                openable.add(node.name());
            } else {
                reasons.add(answer.reason());
            }
        }
        if (!openable.isEmpty()) {
            return usable(directory.path() + " has heaps that can be opened: " + String.join(" ", openable));
        }
        String closed = String.join("; ", reasons);
        var udmabuf = new UdmabufNode(root);
        return udmabuf.exists() && udmabuf.openable(libc).yes()
                ? usable(udmabuf.path() + " can be opened, and no heap of the kernel: " + closed)
                : unusable(closed);
    }

    private static Suitability usable(String reason) {
        return new Suitability(true, RANK, reason);
    }

    private static Suitability unusable(String reason) {
        return new Suitability(false, RANK, reason);
    }

    /** Looks at the nodes by the file system alone, since this also counts where native access is missing. */
    @Override
    public boolean hasHeaps() {
        return HeapDirectory.below(root).hasHeap();
    }

    /** Wherever the C library can be called: a heap's driver may be loaded later, and its permissions may be set later. */
    @Override
    public boolean mayBecomeUsable() {
        return NativeAccess.obstacle().isEmpty();
    }

    /** Opens the kernel's heaps. There are no settings. */
    @Override
    public Platform open(Map<String, String> configuration) {
        return new LinuxPlatform(NativeAccess.libc(), root);
    }

    @Override
    public List<Finding> diagnose() {
        return new Diagnosis(root).run();
    }
}
