package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.BAD_MANIFEST;
import static io.dmaheap.Problem.Kind.CORRUPT_JAR;
import static io.dmaheap.Problem.Kind.SHADED_API;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files that are no jar, or one that is damaged or made to hurt its reader. */
final class FileKinds {
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int END_HEADER = 0x06054b50;

    private FileKinds() {}

    static List<Kind> kinds() {
        return List.of(
                bytes("file-empty", _ -> new byte[0], corrupt()),
                bytes("file-of-text", _ -> "no jar at all\n".repeat(500).getBytes(StandardCharsets.UTF_8), corrupt()),
                bytes("file-of-zeros", _ -> new byte[100_000], corrupt()),
                bytes("file-cut-in-half", jar -> Arrays.copyOf(jar, jar.length / 2), corrupt()),
                bytes("file-without-its-last-byte", jar -> Arrays.copyOf(jar, jar.length - 1), corrupt()),
                bytes(
                        "file-of-an-end-header-alone",
                        jar -> Arrays.copyOfRange(jar, jar.length - 22, jar.length),
                        Expected.failed(BAD_MANIFEST, "META-INF/MANIFEST.MF")),
                bytes(
                        "file-of-an-empty-zip",
                        _ -> {
                            byte[] end = new byte[22];
                            ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).putInt(0, END_HEADER);
                            return end;
                        },
                        Expected.failed(BAD_MANIFEST, "META-INF/MANIFEST.MF")),
                bytes("file-with-a-directory-beyond-its-end", jar -> patchEnd(jar, 16, 0x7ffffff0), corrupt()),
                bytes("file-with-more-entries-than-it-has", jar -> patchEnd(jar, 10, 0x7fff7fff), corrupt()),
                bytes("file-with-a-damaged-class", FileKinds::damageProvider, corrupt()),
                bytes("file-with-an-unknown-compression", jar -> patchCentral(jar, 10, 99), corrupt()),
                bytes("file-with-encrypted-entries", jar -> patchCentral(jar, 8, 1), corrupt()),
                placed(
                        "file-that-is-a-directory",
                        (jar, file) -> Files.createDirectory(file),
                        Expected.failed(CORRUPT_JAR, "a directory")),
                placed(
                        "file-that-is-a-pipe",
                        (jar, file) -> pipe(file),
                        Expected.failed(CORRUPT_JAR, "no regular file")),
                placed(
                        "file-that-links-to-a-device",
                        (jar, file) -> Files.createSymbolicLink(file, Path.of("/dev/zero")),
                        Expected.failed(CORRUPT_JAR, "no regular file")),
                placed(
                        "file-that-links-to-nothing",
                        (jar, file) -> Files.createSymbolicLink(file, Path.of("/nonexistent/zoo.jar")),
                        corrupt()),
                placed("file-that-links-to-itself", (jar, file) -> Files.createSymbolicLink(file, file), corrupt()),
                placed(
                        "file-that-links-to-its-directory",
                        (jar, file) -> Files.createSymbolicLink(file, file.getParent()),
                        Expected.failed(CORRUPT_JAR, "a directory")),
                placed(
                        "file-of-three-sparse-gibibytes",
                        (jar, file) -> sparse(jar, file),
                        Expected.failed(CORRUPT_JAR, "the limit for a plugin jar")),
                new Kind(
                        "entry-manifest-of-200-mib",
                        new Specimen("entry-manifest-of-200-mib").file(_ -> bomb("META-INF/MANIFEST.MF")),
                        Expected.failed(CORRUPT_JAR, "META-INF/MANIFEST.MF unpacks to more than")),
                new Kind(
                        "entry-services-of-200-mib",
                        new Specimen("entry-services-of-200-mib")
                                .file(_ -> bomb("META-INF/services/io.dmaheap.spi.HeapProvider")),
                        Expected.failed(CORRUPT_JAR, "io.dmaheap.spi.HeapProvider unpacks to more than")),
                new Kind(
                        "entry-descriptor-of-200-mib",
                        new Specimen("entry-descriptor-of-200-mib").file(_ -> bomb("module-info.class")),
                        Expected.failed(CORRUPT_JAR, "module-info.class unpacks to more than")),
                new Kind(
                        "entry-outside-of-the-jar",
                        new Specimen("entry-outside-of-the-jar").entry("../../../../tmp/zoo-was-here", "x"),
                        Expected.harmless()),
                new Kind(
                        "entry-with-an-absolute-name",
                        new Specimen("entry-with-an-absolute-name").entry("/etc/zoo-was-here", "x"),
                        Expected.harmless()),
                new Kind("entry-with-no-name", new Specimen("entry-with-no-name").entry("", "x"), Expected.harmless()),
                new Kind("entries-by-the-thousand", manyEntries(), Expected.harmless()),
                new Kind(
                        "entry-of-the-api",
                        new Specimen("entry-of-the-api").entry("io/dmaheap/Heap.class", "x"),
                        Expected.failed(SHADED_API, "io/dmaheap/Heap.class")),
                new Kind(
                        "entry-of-the-api-for-a-version",
                        new Specimen("entry-of-the-api-for-a-version")
                                .entry("META-INF/versions/21/io/dmaheap/spi/HeapOps.class", "x"),
                        Expected.failed(SHADED_API, "io/dmaheap/spi/HeapOps.class")));
    }

    private static Expected corrupt() {
        return Expected.failed(CORRUPT_JAR, "");
    }

    private static Kind bytes(String name, UnaryOperator<byte[]> change, Expected expected) {
        return new Kind(name, new Specimen(name).file(change), expected);
    }

    private static Kind placed(String name, Specimen.Placement placement, Expected expected) {
        return new Kind(name, new Specimen(name).placed(placement), expected);
    }

    private static byte[] patchEnd(byte[] jar, int offset, int value) {
        byte[] patched = jar.clone();
        ByteBuffer.wrap(patched).order(ByteOrder.LITTLE_ENDIAN).putInt(jar.length - 22 + offset, value);
        return patched;
    }

    /** Changes a field of two bytes of each entry in the directory of the archive. */
    private static byte[] patchCentral(byte[] jar, int offset, int value) {
        byte[] patched = jar.clone();
        ByteBuffer view = ByteBuffer.wrap(patched).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < jar.length - 46; at++) {
            if (view.getInt(at) == CENTRAL_HEADER) {
                view.putShort(at + offset, (short) value);
            }
        }
        return patched;
    }

    private static byte[] damageProvider(byte[] jar) {
        byte[] damaged = jar.clone();
        ByteBuffer view = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < jar.length - 30; at++) {
            if (view.getInt(at) == LOCAL_HEADER) {
                int length = view.getShort(at + 26);
                String name = new String(jar, at + 30, length, StandardCharsets.UTF_8);
                if (name.endsWith("/Provider.class")) {
                    Arrays.fill(damaged, at + 30 + length + 100, at + 30 + length + 200, (byte) 0x55);
                }
            }
        }
        return damaged;
    }

    private static byte[] bomb(String name) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry(name));
            byte[] block = new byte[1 << 20];
            Arrays.fill(block, (byte) '#');
            for (int i = 0; i < 200; i++) {
                out.write(block);
            }
        } catch (IOException e) {
            throw new IllegalStateException("in memory", e);
        }
        return bytes.toByteArray();
    }

    private static void sparse(byte[] jar, Path path) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength((3L << 30) - jar.length);
            file.seek(file.length());
            file.write(jar);
        }
    }

    private static void pipe(Path path) throws IOException {
        Process made = new ProcessBuilder("mkfifo", path.toString()).start();
        try {
            if (!made.waitFor(Duration.ofSeconds(30)) || made.exitValue() != 0) {
                throw new IOException("mkfifo failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static Specimen manyEntries() {
        var specimen = new Specimen("entries-by-the-thousand");
        for (int i = 0; i < 20_000; i++) {
            specimen.entry("data/" + i, "x");
        }
        return specimen;
    }
}
