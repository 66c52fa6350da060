package io.dmaheap.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTests {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("file"), "one");
    }

    private Fingerprint print() {
        return Fingerprint.of(file).orElseThrow();
    }

    /** The clock of a file system ticks every few milliseconds. */
    private void awaitTick(FileTime before) {
        await().until(() -> {
            Path probe = Files.writeString(folder.resolve("probe"), "");
            return Fingerprint.of(probe).orElseThrow().modified().compareTo(before) > 0;
        });
    }

    @Test
    void anotherContentOfTheSameSizeAndTimeInPlaceIsAnother() throws IOException {
        Fingerprint before = print();
        awaitTick(before.changed());

        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, before.modified());

        assertThat(print().key()).isEqualTo(before.key());
        assertThat(print().size()).isEqualTo(before.size());
        assertThat(print().modified()).isEqualTo(before.modified());
        assertThat(print()).isNotEqualTo(before);
        assertThat(print().differsInStatusOnly(before)).isTrue();
    }

    @Test
    void withoutAttributesOfUnixSizeTimeAndKeyRemain() throws IOException {
        Fingerprint before = Fingerprint.readBasic(file, false);

        assertThat(before.changed()).isNull();
        assertThat(Fingerprint.readBasic(file, false, LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(before);
        Files.writeString(file, "three");
        assertThat(Fingerprint.readBasic(file, false)).isNotEqualTo(before);
    }

    @Test
    void permissionsCount() throws IOException {
        Fingerprint before = print();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));

        assertThat(print()).isNotEqualTo(before);
    }

    @Test
    void aLinkIsWhatItLeadsTo() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Fingerprint first = Fingerprint.of(link).orElseThrow();
        assertThat(first.link()).isTrue();
        assertThat(first.key()).isEqualTo(print().key());

        Files.delete(link);
        Files.createSymbolicLink(link, Files.writeString(folder.resolve("other"), "one"));
        assertThat(Fingerprint.of(link)).isPresent().get().isNotEqualTo(first);
    }

    @Test
    void aLinkToNowhereIsThereAndAMissingFileIsNot() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));

        assertThat(Fingerprint.of(link)).isPresent();
        assertThat(Fingerprint.of(folder.resolve("nowhere"))).isEmpty();
        assertThat(Fingerprint.of(file.resolve("below"))).isEmpty();
    }
}
