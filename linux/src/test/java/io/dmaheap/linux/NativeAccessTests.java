package io.dmaheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.linux.memfd.Memfds;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a program sees that was started on the wrong system or without the flag. */
class NativeAccessTests {

    /** Runs in the child: prints what the provider says. */
    static final class Ask {
        public static void main(String[] args) {
            var provider = new LinuxPlatformProvider();
            System.out.println(provider.suitability());
            System.out.println(provider.diagnose());
            System.out.println(Memfds.obstacle());
            try {
                provider.open(java.util.Map.of());
            } catch (RuntimeException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void withoutTheFlagTheExactFlagIsNamed() throws Exception {
        String output = ask("--illegal-native-access=deny");
        assertThat(output)
                .contains("usable=false", "status=FAIL", "native access is not enabled")
                .contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void onAnotherSystemNothingExplodes() throws Exception {
        String output = ask("-Dos.name=Mac OS X", "--enable-native-access=ALL-UNNAMED");
        assertThat(output).contains("usable=false", "this is Mac OS X, not Linux", "emulator");
    }

    @Test
    void onAnotherProcessorNothingIsGuessed() throws Exception {
        String output = ask("-Dos.arch=s390x", "--enable-native-access=ALL-UNNAMED");
        assertThat(output).contains("usable=false", "s390x");
    }

    private static String ask(String... options) throws Exception {
        ChildJvm.Result result = ChildJvm.run(List.of(options), Ask.class);
        assertThat(result.status()).as(result.output()).isZero();
        return result.output();
    }
}
