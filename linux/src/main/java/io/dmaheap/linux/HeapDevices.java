package io.dmaheap.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * Tells the devices of the class {@code dma_heap} from other files, by the major number that the kernel gave the class
 * ({@code alloc_chrdev_region} in drivers/dma-buf/dma-heap.c, shown in {@code /proc/devices}). Needs no native access.
 *
 * @param majors those of the class; empty where {@code /proc} does not tell, as in a chroot without it: everything but a directory then
 *     counts as a heap
 */
record HeapDevices(Optional<List<Integer>> majors) {
    private static final String CLASS = "dma_heap";
    private static final int CHARACTER_DEVICE = 0x2000;
    private static final int FILE_TYPE = 0xF000;

    /** Of the system below {@code root}. */
    static HeapDevices of(Path root) {
        try {
            // Lines such as " 10 misc"; there is no block device of this name.
            return new HeapDevices(Optional.of(Files.readAllLines(root.resolve("proc/devices")).stream()
                    .map(line -> line.strip().split(" +"))
                    .filter(words -> words.length == 2 && words[1].equals(CLASS))
                    .map(words -> Integer.valueOf(words[0]))
                    .toList()));
        } catch (IOException | UncheckedIOException _) {
            return new HeapDevices(Optional.empty());
        }
    }

    /** What two names of one heap have in common, such as a device number; empty if the entry leads to no heap. */
    Optional<Object> identity(Path entry) {
        try {
            if (majors.isEmpty()) {
                var attributes = Files.readAttributes(entry, BasicFileAttributes.class);
                return attributes.isDirectory() ? Optional.empty() : Optional.ofNullable(attributes.fileKey());
            }
            boolean character = (number(entry, "mode") & FILE_TYPE) == CHARACTER_DEVICE;
            long device = number(entry, "rdev");
            return character && majors.get().contains(major(device)) ? Optional.of(device) : Optional.empty();
        } catch (IOException | UnsupportedOperationException _) {
            return Optional.empty();
        }
    }

    private static long number(Path entry, String attribute) throws IOException {
        return Files.getAttribute(entry, "unix:" + attribute) instanceof Number number ? number.longValue() : 0;
    }

    /** As {@code gnu_dev_major} takes it out of a {@code dev_t}. */
    private static int major(long number) {
        return (int) (number >>> 8 & 0xfff | number >>> 32 & ~0xfffL);
    }
}
