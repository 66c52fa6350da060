package io.dmaheap.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTests {
    @TempDir
    Path directory;

    private Policy read(String... lines) {
        return Policy.read(Optional.of(write(lines)), Map.of());
    }

    private Path write(String... lines) {
        try {
            return Files.writeString(directory.resolve("board.policy"), String.join("\n", lines));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatTheProgramSetsCountsMoreThanTheFile() {
        Path file = write("platform.emulator.board = a.dts", "platform.emulator.memory = 1G");
        var policy = Policy.read(Optional.of(file), Map.of("platform.emulator.board", "b.dts"));

        assertThat(policy.ofPlatform("emulator")).isEqualTo(Map.of("board", "b.dts", "memory", "1G"));
        assertThat(catchThrowableOfType(
                        HeapException.class, () -> Policy.read(Optional.empty(), Map.of("no.such", "thing"))))
                .hasMessageContaining("no such setting: no.such");
    }

    @Test
    void withoutAFileTheBuiltInPolicyIsInForce() {
        var policy = Policy.read(Optional.empty(), Map.of());

        assertThat(policy.shareOfAvailable()).isEqualTo(0.9);
        assertThat(policy.callLimit()).isEqualTo(Duration.ofSeconds(10));
        assertThat(policy.plugins().nativeAccess()).isEmpty();
        assertThat(policy.of("system")).isEqualTo(HeapPolicy.NONE);
        assertThat(policy.ofPlugin("any")).isEmpty();
        assertThat(policy.ofPlatform("linux")).isEmpty();
        assertThat(policy.aliases().of("linux,cma")).contains("default_cma_region");
    }

    @Test
    void theOperatorsSettingsWin() {
        var policy = read(
                "# for the test board",
                "",
                "  limit.available = 50%  ",
                "alias.linux,cma = my_cma",
                "native-access = vendor.a vendor.b");

        assertThat(policy.shareOfAvailable()).isEqualTo(0.5);
        assertThat(policy.aliases().of("linux,cma")).containsExactly("my_cma");
        assertThat(policy.plugins().nativeAccess()).containsExactlyInAnyOrder("vendor.a", "vendor.b");
    }

    @ParameterizedTest
    @CsvSource({
        "4096, 4096",
        "64K, 65536",
        "64k, 65536",
        "512M, 536870912",
        "2G, 2147483648",
        "7 M, 7340032",
        "512MiB, 536870912",
        "512 M, 536870912",
        "0.5G, 536870912",
        "1T, 1099511627776",
        "0x10000, 65536"
    })
    void aSizeHasABinaryUnit(String written, long bytes) {
        assertThat(read("limit.system.buffer = " + written).of("system").buffer())
                .isEqualTo(bytes);
    }

    @Test
    void limitsOfOneHeapAreSetOneByOneAndItsNameMayHaveDots() {
        var limits = read("limit.a.b.total = 2M", "limit.a.b.buffer = 1M").of("a.b");

        assertThat(limits).isEqualTo(HeapPolicy.NONE.withBuffer(1 << 20).withTotal(2 << 20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "isp@60000000, protected,secure-video",
                "isp@60000000 protected,secure-video",
                "isp@60000000,\tprotected,secure-video,"
            })
    void aDeviceHasHeapsInOrderWhoseNamesMayHaveCommas(String list) {
        var policy = read("device.usb.cam.0 = " + list);

        assertThat(policy.heapsFor("usb.cam.0")).containsExactly("isp@60000000", "protected,secure-video");
        assertThat(policy.heapsFor("usb")).isEmpty();
        assertThat(policy.mentions())
                .extracting(Mention::kind)
                .containsExactly(Mention.Kind.DEVICE, Mention.Kind.HEAP_OR_ALIAS, Mention.Kind.HEAP_OR_ALIAS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            device.cam =             | no heap is named
            device.cam = a,, b       | not the name of a heap: 'a,,'
            device.cam = a , b       | not the name of a heap: ','
            device.cam = a, -b       | not the name of a heap: '-b'
            device.cam = a, b a      | a is named twice
            device. = a              | no such setting: device.
            """)
    void aListOfHeapsThatMakesNoSenseIsRefusedWithItsLine(String line, String what) {
        assertThat(catchThrowableOfType(HeapException.class, () -> read("# first", line)))
                .hasMessageContaining("board.policy:2: " + what)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
    }

    @Test
    void clientsHaveALimitEachOrOneForAll() {
        var limits =
                read("limit.a.b.client = 2M", "limit.a.b.client.tv.hall = 1M").of("a.b");

        assertThat(limits.ofClient("tv.hall")).isEqualTo(1 << 20);
        assertThat(limits.ofClient("anyone")).isEqualTo(2 << 20);
        assertThat(HeapPolicy.NONE.limitsClients()).isFalse();
        assertThat(limits.limitsClients()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu.total", "gpu.buffer", "gpu.wait", "gpu.client", "gpu.client.two"})
    void theNameOfAClientMayEndLikeAnotherSetting(String client) {
        var policy = read("limit.a.b.client." + client + " = 1M");

        assertThat(policy.of("a.b").ofClient(client)).isEqualTo(1 << 20);
        assertThat(policy.mentions()).extracting(Mention::name).containsExactly("a.b");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstKey() {
        assertThat(read("\uFEFFlimit.available = 50%").shareOfAvailable()).isEqualTo(0.5);
        assertThat(read("\uFEFF# a comment", "limit.available = 50%").shareOfAvailable())
                .isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "2s, 2000", "2 S, 2000", "0ms, 0"})
    void aWaitHasAUnit(String written, long millis) {
        assertThat(read("limit.system.wait = " + written).of("system").patience())
                .isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"1ms, 1", "4s, 4000", "3600s, 3600000"})
    void aCallOfAPluginMayTakeFromAMillisecondToAnHour(String written, long millis) {
        assertThat(read("limit.plugin.call = " + written).callLimit()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0ms", "0s", "-1s", "3601s", "forever"})
    void aCallOfAPluginHasALimit(String written) {
        var refusal = catchThrowableOfType(HeapException.class, () -> read("limit.plugin.call = " + written));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(refusal).hasMessageContaining(written);
        assertThat(refusal.hint()).isPresent();
    }

    @Test
    void exportIsAllowedUnlessItIsDenied() {
        var policy = read("export.a = denied", "export.b = allowed");

        assertThat(policy.of("a").exportable()).isFalse();
        assertThat(policy.of("b").exportable()).isTrue();
        assertThat(policy.of("c").exportable()).isTrue();
    }

    @Test
    void settingsOfPluginsAndPlatformsReachTheirOwnersWhoseIdsMayHaveDots() {
        var policy = read("plugin.org.vendor.heaps.ta = 1234", "platform.emulator.board = a = b");

        assertThat(policy.ofPlugin("org.vendor.heaps")).containsOnly(java.util.Map.entry("ta", "1234"));
        assertThat(policy.ofPlatform("emulator")).containsOnly(java.util.Map.entry("board", "a = b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "just words",
                "= value",
                "limits.system.buffer = 1M",
                "limit.system = 1M",
                "limit.system.most = 1M",
                "limit.buffer = 1M",
                "limit..buffer = 1M",
                "limit.system.client. = 1M",
                "limit..client.tv = 1M",
                "limit.client = 1M",
                "limit.system.wait = 5",
                "limit.system.wait = -1s",
                "limit.system.wait = 1h",
                "limit.system.wait = 9999999999s",
                "export. = denied",
                "export.system = no",
                "export.system =",
                "limit.system.buffer =",
                "limit.system.buffer = many",
                "limit.system.buffer = 0",
                "limit.system.buffer = -1",
                "limit.system.buffer = 1,5M",
                "limit.system.buffer = 5XB",
                "limit.system.buffer = M",
                "limit.system.buffer = 9223372036854775808",
                "limit.system.total = 9007199254740992K",
                "limit.available =",
                "limit.available = 90",
                "limit.available = 0%",
                "limit.available = 101%",
                "limit.available = NaN%",
                "limit.available = 50d%",
                "limit.available = 0x1p5%",
                "limit.available = %",
                "alias. = x",
                "plugin.id = x",
                "plugin..key = x",
                "plugin.id. = x",
                "platform.linux = x",
                "native_access = x"
            })
    void aLineThatMakesNoSenseIsRefusedWithItsPlace(String line) {
        Path file = write("# comment", "alias.ok = fine", line);

        var refusal = catchThrowableOfType(HeapException.class, () -> Policy.read(Optional.of(file), Map.of()));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(refusal).hasMessageContaining(file + ":3");
        assertThat(refusal.hint()).isPresent();
    }

    @Test
    void aSettingThatIsMadeTwiceIsRefusedWithBothPlaces() {
        Path file = write("limit.available = 50%", "", "limit.available = 60%");

        var refusal = catchThrowableOfType(HeapException.class, () -> Policy.read(Optional.of(file), Map.of()));

        assertThat(refusal).hasMessageContainingAll(file + ":1", file + ":3");
    }

    @Test
    void anAbsentFileIsNamed() {
        Path absent = directory.resolve("absent");

        var refusal = catchThrowableOfType(HeapException.class, () -> Policy.read(Optional.of(absent), Map.of()));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(refusal.errno()).contains("ENOENT");
        assertThat(refusal).hasMessageContaining(absent.toString());
    }

    @Test
    void aFileThatNeverEndsIsRefused() {
        var refusal = catchThrowableOfType(
                HeapException.class, () -> Policy.read(Optional.of(Path.of("/dev/zero")), Map.of()));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(refusal).hasMessageContaining("more than 1048576 bytes");
    }

    @Test
    void aDirectoryInPlaceOfAFileIsRefused() {
        var refusal = catchThrowableOfType(HeapException.class, () -> Policy.read(Optional.of(directory), Map.of()));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(refusal.errno()).contains("EISDIR");
    }

    @Test
    void aFileThatIsNoTextIsRefused() throws IOException {
        Path file = Files.write(directory.resolve("latin1"), "# für".getBytes(StandardCharsets.ISO_8859_1));

        var refusal = catchThrowableOfType(HeapException.class, () -> Policy.read(Optional.of(file), Map.of()));

        assertThat(refusal.errno()).isEmpty();
        assertThat(refusal.hint()).contains("It is not UTF-8 text");
    }

    private static final String DIGEST = "0123456789abcdef".repeat(4);

    @Test
    void whichJarsMayBeLoadedAndWhichIdsArePinned() {
        String fingerprint = DIGEST.toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
        var rules = read(
                        "plugin.allow = sha256:" + DIGEST + " signer:" + fingerprint,
                        "pin.acme.npu = sha256:" + DIGEST,
                        "plugin.acme.npu.allow = 1")
                .plugins();

        assertThat(rules.allowed().orElseThrow()).containsExactly("sha256:" + DIGEST, "signer:" + DIGEST);
        assertThat(rules.isPinned("acme.npu", List.of("sha256:" + DIGEST))).isTrue();
        assertThat(rules.isPinned("acme.npu", List.of("sha256:" + "0".repeat(64))))
                .isFalse();
        assertThat(rules.lineToAllow("sha256:x"))
                .isEqualTo("plugin.allow = sha256:" + DIGEST + " signer:" + DIGEST + " sha256:x");
        assertThat(read("plugin.allow =").plugins().lineToAllow("sha256:x")).isEqualTo("plugin.allow = sha256:x");
        assertThat(read("plugin.allow =").plugins().allowed()).contains(List.of());
        assertThat(read().plugins().allowed()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:", "sha256:12", "md5:0123", "signer", "sha256:zz"})
    void aMarkThatIsNoneIsRefusedWithTheWayToMakeOne(String mark) {
        for (String key : List.of("plugin.allow", "pin.acme")) {
            var refusal = catchThrowableOfType(HeapException.class, () -> read(key + " = " + mark));
            assertThat(refusal).hasMessageContaining("neither a digest nor a signer: " + mark);
            assertThat(refusal.hint()).get().asString().contains("sha256sum", "keytool");
        }
    }

    @Test
    void thePinsOfADistributionAreReplacedByTheOperatorsAndHoldNothingElse() throws IOException {
        Path pins = Files.move(
                write("pin.a = sha256:" + DIGEST, "pin.b = sha256:" + DIGEST), directory.resolve("plugins.pins"));
        Path own = write("pin.a = sha256:" + "0".repeat(64));

        var rules = Policy.read(Map.of(), Optional.of(pins), Optional.of(own), Map.of())
                .plugins();

        assertThat(rules.isPinned("a", List.of("sha256:" + DIGEST))).isFalse();
        assertThat(rules.isPinned("b", List.of("sha256:" + DIGEST))).isTrue();
        Path wrong = write("native-access = evil");
        assertThat(catchThrowableOfType(
                        HeapException.class,
                        () -> Policy.read(Map.of(), Optional.of(wrong), Optional.empty(), Map.of())))
                .hasMessageContaining("not a pin: native-access");
    }
}
