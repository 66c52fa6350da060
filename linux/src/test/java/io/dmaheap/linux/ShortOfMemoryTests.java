package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An OutOfMemoryError after a call that brought a descriptor, a mapping or a session does not lose it. */
class ShortOfMemoryTests {
    @TempDir
    Path root;

    @Test
    void whatACallBroughtIsOwnedBeforeMemoryIsNeeded() throws Exception {
        ChildJvm.Result child = ChildJvm.run(
                List.of("-Xmx24m", "-XX:-UseTLAB", "--enable-native-access=ALL-UNNAMED"),
                ShortOfMemory.class,
                root.toString());
        assertThat(child.status()).as(child.output()).isZero();
        assertThat(child.output())
                .doesNotContain(" open;")
                .doesNotContain("errors 0\n")
                .contains("errors ");
    }
}
