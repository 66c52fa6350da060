package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A character device, of which a test makes nodes.
 *
 * @param major its class
 * @param minor which one of it
 */
public record Node(long major, long minor) {

    /** The device behind a node. */
    public static Node of(Path node) throws IOException {
        long device = (Long) Files.getAttribute(node, "unix:rdev");
        return new Node(device >>> 8 & 0xfff, device & 0xff | device >>> 12 & 0xfff00);
    }

    /** Makes a node of it. */
    public void make(Path node) throws IOException, InterruptedException {
        var mknod = new ProcessBuilder("mknod", node.toString(), "c", Long.toString(major), Long.toString(minor))
                .inheritIO()
                .start();
        assertThat(mknod.waitFor()).as("mknod %s", node).isZero();
    }
}
