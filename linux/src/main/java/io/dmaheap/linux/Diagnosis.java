package io.dmaheap.linux;

import io.dmaheap.Finding;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.SharedFd;
import io.dmaheap.linux.proc.AvailableMemory;
import io.dmaheap.linux.proc.CmaPools;
import io.dmaheap.linux.proc.KernelConfig;
import io.dmaheap.linux.proc.OpenFiles;
import io.dmaheap.linux.proc.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The findings of {@code dmaheap doctor} about the kernel: in the order in which one would look. */
final class Diagnosis {
    /** A limit from here on is none for a buffer. */
    private static final long MANY_BYTES = 1L << 40;

    private final Path root;
    private final KernelConfig config;
    private final List<Finding> findings = new ArrayList<>();

    /** Examines the system below {@code root}, which is {@code /} but in tests. */
    Diagnosis(Path root) {
        this.root = root;
        this.config = KernelConfig.read(root);
    }

    List<Finding> run() {
        Optional<NativeAccess.Obstacle> obstacle = NativeAccess.obstacle();
        if (obstacle.isPresent()) {
            return List.of(Finding.fail(
                    "native access", obstacle.get().what(), obstacle.get().fix()));
        }
        findings.add(Finding.ok("native access", "enabled"));
        return run(NativeAccess.libc());
    }

    List<Finding> run(Libc libc) {
        kernel();
        container();
        findings.add(Finding.ok("user", ProcessIdentity.read(root).toString()));
        look("heaps", () -> heaps(libc));
        look("CMA heap", () -> cmaNames(HeapDirectory.below(root).nodes(libc)));
        look("udmabuf", () -> udmabuf(libc));
        look("memory", () -> memory(libc));
        fences();
        look("open files", () -> openFiles(OpenFiles.read(libc, root)));
        return List.copyOf(findings);
    }

    /** What cannot be looked at, for want of a descriptor for instance, is not missing. */
    private void look(String subject, Runnable look) {
        try {
            look.run();
        } catch (HeapException e) {
            String why = e.operation().orElse("?") + ": " + e.errno().orElse("?");
            findings.add(Finding.fail(
                    subject, "cannot be looked at (" + why + ")", e.hint().orElse("See open(2)")));
        }
    }

    private void kernel() {
        String release = KernelConfig.release(root).orElse("unknown");
        findings.add(
                isOlder(release, 5, 6)
                        ? Finding.fail("kernel", release + " has no heaps", "Use linux 5.6 or newer")
                        : Finding.ok("kernel", release));
    }

    private void container() {
        boolean inside = Files.exists(root.resolve(".dockerenv")) || Files.exists(root.resolve("run/.containerenv"));
        if (inside) {
            findings.add(Finding.info(
                    "container",
                    "this process runs in a container, which sees only the devices and groups that it was given",
                    "Start it with `--device /dev/dma_heap/NAME --group-add $(stat -c %g /dev/dma_heap/NAME)`"));
        }
    }

    private void heaps(Libc libc) {
        HeapDirectory directory = HeapDirectory.below(root);
        if (!directory.exists()) {
            findings.add(Finding.fail(
                    "heaps",
                    directory.path() + " is missing; " + config.describe("CONFIG_DMABUF_HEAPS"),
                    "Use a kernel with CONFIG_DMABUF_HEAPS=y and CONFIG_DMABUF_HEAPS_SYSTEM=y; on a kernel that has them, pass"
                            + " the directory into the container"));
            return;
        }
        List<Path> nodes = directory.nodes(libc);
        if (nodes.isEmpty()) {
            findings.add(Finding.fail(
                    "heaps",
                    directory.path() + " has no heap; " + config.describe("CONFIG_DMABUF_HEAPS_SYSTEM") + ", "
                            + config.describe("CONFIG_DMABUF_HEAPS_CMA"),
                    "Use a kernel with CONFIG_DMABUF_HEAPS_SYSTEM=y, or load its module"));
        }
        nodes.forEach(path -> heap(libc, new HeapNode(path, root)));
        directory
                .others(libc)
                .forEach(other -> findings.add(Finding.warn(
                        "heap " + other.getFileName(),
                        other + " is no heap: it is "
                                + (Files.isDirectory(other) ? "a directory" : "no device of the class dma_heap"),
                        "Container runtimes make a directory where the host lacks the device: see `ls -l "
                                + directory.path() + "` on the host")));
    }

    private void heap(Libc libc, HeapNode node) {
        String subject = "heap " + node.name();
        int fd = node.open(libc);
        if (fd < 0) {
            findings.add(Finding.fail(subject, node.refusal(fd), node.fix(fd)));
            return;
        }
        SharedFd.close(libc, fd);
        findings.add(Finding.ok(
                subject,
                node.info()
                        .map(info -> "can be opened: " + info.owner() + ":" + info.group() + " " + info.mode())
                        .orElse("can be opened")));
    }

    private void cmaNames(List<Path> nodes) {
        List<String> names =
                nodes.stream().map(path -> path.getFileName().toString()).toList();
        Optional<String> legacy =
                CmaPools.DEFAULT_AREAS.stream().filter(names::contains).findFirst();
        if (names.contains(CmaPools.DEFAULT_HEAP)) {
            findings.add(Finding.ok("CMA heap", CmaPools.DEFAULT_HEAP + ", the name since linux 6.17"));
        } else if (legacy.isPresent()) {
            findings.add(Finding.info(
                    "CMA heap",
                    "the default CMA heap has its old name " + legacy.get(),
                    "Find it as " + CmaPools.DEFAULT_HEAP
                            + " through an alias, so that a newer kernel changes nothing"));
        } else {
            findings.add(Finding.info(
                    "CMA heap",
                    "there is none; " + config.describe("CONFIG_DMABUF_HEAPS_CMA"),
                    "For contiguous memory, use a kernel with CONFIG_DMABUF_HEAPS_CMA=y and boot it with `cma=64M`"));
        }
    }

    private void udmabuf(Libc libc) {
        var node = new UdmabufNode(root);
        int fd = node.open(libc);
        if (fd >= 0) {
            SharedFd.close(libc, fd);
            OptionalLong largest = node.largest(libc);
            String size = largest.isPresent() && largest.getAsLong() < MANY_BYTES
                    ? " of up to " + (largest.getAsLong() >> 20) + " MiB (" + node.limitFile() + ")"
                    : "";
            findings.add(Finding.ok(
                    "udmabuf",
                    node.path() + " can be opened: the heap udmabuf gives dma-bufs" + size
                            + ", and so does the emulator"
                            + (size.isEmpty() ? "" : ", whose larger buffers are memfds")));
            return;
        }
        if (fd == -Errno.EMFILE || fd == -Errno.ENFILE) {
            throw Failure.of("open", fd, "cannot open " + node.path()).build();
        }
        String refusal = fd == -Errno.ENOENT
                ? node.path() + " is missing; " + config.describe("CONFIG_UDMABUF")
                : node.refusal(fd);
        findings.add(new Finding(
                fd == -Errno.ENOENT ? Finding.Status.INFO : Finding.Status.WARN,
                "udmabuf",
                refusal + ": there is no heap udmabuf, and emulated buffers stay memfds, which no driver can import",
                node.fix(fd)));
    }

    /** Which limit holds for buffers without a pool of their own. */
    private void memory(Libc libc) {
        AvailableMemory ofHeaps = AvailableMemory.forHeaps(libc, root);
        String detail = (ofHeaps.ofMachine() >> 20) + " MiB are available (MemAvailable)";
        Optional<AvailableMemory.CgroupLimit> group = ofHeaps.tightest();
        if (group.isPresent()) {
            detail += "; " + group.get() + " leaves " + (group.get().left() >> 20) + " MiB, for memory files"
                    + (ofHeaps.isCharged()
                            ? " and, with dma_heap.mem_accounting=Y, for buffers of the kernel's heaps"
                            : " and not for buffers of the kernel's heaps, which are charged with"
                                    + " dma_heap.mem_accounting=Y only");
        }
        findings.add(Finding.ok("memory", detail));
    }

    private void fences() {
        String release = KernelConfig.release(root).orElse("unknown");
        boolean missing = config.lacks("CONFIG_SYNC_FILE");
        if (missing || isOlder(release, 6, 0)) {
            findings.add(Finding.info(
                    "fences",
                    "buffers cannot export or import fences: " + config.describe("CONFIG_SYNC_FILE"),
                    "Use linux 6.0 or newer with CONFIG_SYNC_FILE=y; Debian's cloud kernels lack it"));
        } else {
            findings.add(Finding.ok("fences", config.describe("CONFIG_SYNC_FILE")));
        }
    }

    private void openFiles(OpenFiles files) {
        String detail = files.open() + " of at most " + files.limit() + " files are open";
        if (!files.isTight()) {
            findings.add(Finding.ok("open files", detail));
            return;
        }
        findings.add(new Finding(
                files.isNearlySpent() ? Finding.Status.WARN : Finding.Status.INFO,
                "open files",
                detail + "; every exported buffer takes one, every live kernel buffer too",
                "Raise the limit: `ulimit -n 65536`, or LimitNOFILE= of the systemd unit"));
    }

    private static boolean isOlder(String release, int major, int minor) {
        String[] numbers = release.split("[^0-9]+", 3);
        if (numbers.length < 2 || numbers[0].isEmpty() || numbers[1].isEmpty()) {
            return false;
        }
        int foundMajor = Integer.parseInt(numbers[0]);
        return foundMajor < major || foundMajor == major && Integer.parseInt(numbers[1]) < minor;
    }
}
