package io.dmaheap.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A character device, of which a test makes nodes.
 *
 * @param major its class
 * @param minor which one of it
 * @param mode who may open a node, as an octal number: other tests must find the permissions that the kernel gave
 */
public record Node(long major, long minor, String mode) {

    /** The device behind a node. */
    public static Node of(Path node) throws IOException {
        long device = (Long) Files.getAttribute(node, "unix:rdev");
        int mode = (Integer) Files.getAttribute(node, "unix:mode");
        return new Node(
                device >>> 8 & 0xfff, device & 0xff | device >>> 12 & 0xfff00, Integer.toOctalString(mode & 0777));
    }

    /** Makes a node of it. */
    public void make(Path node) throws IOException, InterruptedException {
        var mknod = new ProcessBuilder(
                        "mknod", "-m", mode, node.toString(), "c", Long.toString(major), Long.toString(minor))
                .inheritIO()
                .start();
        assertThat(mknod.waitFor(30, TimeUnit.SECONDS)).as("mknod %s", node).isTrue();
        assertThat(mknod.exitValue()).as("mknod %s", node).isZero();
    }
}
