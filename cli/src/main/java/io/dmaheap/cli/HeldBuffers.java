package io.dmaheap.cli;

import io.dmaheap.BufferHolder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The holds of all processes, seen by buffer, by process and by exporter; a buffer held twice counts once. Largest first. */
final class HeldBuffers {
    private final List<Buffer> buffers;

    /**
     * A buffer and its holders.
     *
     * @param inode identifies it on this machine
     * @param holders one for each descriptor or mapping
     */
    record Buffer(
            long inode,
            long size,
            String exporter,
            Optional<String> name,
            long references,
            List<BufferHolder> holders) {
        private static Buffer of(List<BufferHolder> holders) {
            BufferHolder first = holders.getFirst();
            return new Buffer(
                    first.inode(),
                    first.size(),
                    first.exporter(),
                    holders.stream().flatMap(one -> one.name().stream()).findFirst(),
                    holders.stream().mapToLong(BufferHolder::references).max().orElse(0),
                    holders);
        }

        /** {@code camera[120] fd 5, mapped}. */
        List<String> holdersInWords() {
            Map<String, List<String>> ways = new TreeMap<>();
            for (BufferHolder one : holders) {
                ways.computeIfAbsent(one.process() + "[" + one.pid() + "]", key -> new ArrayList<>())
                        .add(one.fd().isPresent() ? "fd " + one.fd().getAsInt() : "mapped");
            }
            return ways.entrySet().stream()
                    .map(one -> one.getKey() + " "
                            + String.join(
                                    " ", one.getValue().stream().distinct().toList()))
                    .toList();
        }

        private boolean heldBy(long pid) {
            return holders.stream().anyMatch(one -> one.pid() == pid);
        }
    }

    /** What one process holds. */
    record Process(long pid, String process, long buffers, long bytes) {}

    /** What one exporter made. */
    record Exporter(String exporter, long buffers, long bytes) {}

    HeldBuffers(List<BufferHolder> holders) {
        buffers = holders.stream().collect(Collectors.groupingBy(BufferHolder::inode)).values().stream()
                .map(Buffer::of)
                .sorted(Comparator.comparingLong((Buffer one) -> -one.size()).thenComparing(Buffer::inode))
                .toList();
    }

    List<Buffer> buffers() {
        return buffers;
    }

    long bytes() {
        return bytes(buffers);
    }

    List<Process> processes() {
        Map<Long, String> names = new TreeMap<>();
        buffers.forEach(buffer -> buffer.holders().forEach(one -> names.put(one.pid(), one.process())));
        return names.entrySet().stream()
                .map(name -> {
                    var held = buffers.stream()
                            .filter(one -> one.heldBy(name.getKey()))
                            .toList();
                    return new Process(name.getKey(), name.getValue(), held.size(), bytes(held));
                })
                .sorted(Comparator.comparingLong((Process one) -> -one.bytes()).thenComparing(Process::pid))
                .toList();
    }

    List<Exporter> exporters() {
        return buffers.stream().collect(Collectors.groupingBy(Buffer::exporter)).entrySet().stream()
                .map(one -> new Exporter(one.getKey(), one.getValue().size(), bytes(one.getValue())))
                .sorted(Comparator.comparingLong((Exporter one) -> -one.bytes()).thenComparing(Exporter::exporter))
                .toList();
    }

    private static long bytes(List<Buffer> some) {
        return some.stream().mapToLong(Buffer::size).sum();
    }
}
