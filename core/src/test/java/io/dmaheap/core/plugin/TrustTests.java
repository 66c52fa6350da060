package io.dmaheap.core.plugin;

import static io.dmaheap.testplugins.PluginJars.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.PluginInfo.State;
import io.dmaheap.Problem;
import io.dmaheap.Problem.Kind;
import io.dmaheap.core.policy.PluginRules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of several jars has an id, and which jars are loaded at all. */
class TrustTests {
    @TempDir
    static Path elsewhere;

    @TempDir
    Path plugins;

    private static KeyStore keys;
    /** A plugin called good, signed by the vendor. */
    private static Path signed;

    /** A plugin called stranger, with a signer that the policy does not name. */
    private static Path signedByOther;

    @BeforeAll
    static void makeKeys() throws Exception {
        for (String alias : List.of("vendor", "other")) {
            run("keytool", "-genkeypair", "-keyalg", "EC", "-alias", alias, "-dname", "CN=" + alias);
        }
        keys = KeyStore.getInstance(elsewhere.resolve("keys").toFile(), "of-the-test".toCharArray());
        signed = plugin("good").writeTo(elsewhere, "signed.jar");
        run("jarsigner", signed.toString(), "vendor");
        signedByOther = plugin("stranger").writeTo(elsewhere, "signed-by-other.jar");
        run("jarsigner", signedByOther.toString(), "other");
    }

    private static void run(String tool, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        command.addAll(List.of(
                "-storepass",
                "of-the-test",
                "-keystore",
                elsewhere.resolve("keys").toString()));
        command.addAll(tool.equals("keytool") ? 1 : command.size(), List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static PluginRules pinned(String id, Path jar) throws Exception {
        return new PluginRules(Set.of(), Optional.empty(), Map.of(id, Set.of(digest(jar))));
    }

    private static PluginRules allowing(String... marks) {
        return new PluginRules(Set.of(), Optional.of(List.of(marks)), Map.of());
    }

    private static String digest(Path jar) throws Exception {
        return "sha256:" + sha256(Files.readAllBytes(jar));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static String signer(String alias) throws Exception {
        return "signer:" + sha256(keys.getCertificate(alias).getEncoded());
    }

    /** Puts an entry into a jar, or replaces one. */
    private static void tamper(Path jar, String name, byte[] content) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (var in = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) in.stream().<ZipEntry>map(one -> one)::iterator) {
                entries.put(entry.getName(), in.getInputStream(entry).readAllBytes());
            }
        }
        entries.put(name, content);
        try (var out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (var entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                new ByteArrayInputStream(entry.getValue()).transferTo(out);
            }
        }
    }

    private static List<String> states(Installation machine) {
        return machine.directory.plugins().stream()
                .map(info -> info.jar().orElseThrow().getFileName() + " " + info.state())
                .sorted()
                .toList();
    }

    /** The same, whichever name comes first and whichever jar was there first. */
    @ParameterizedTest
    @ValueSource(strings = {"together", "a first", "z first"})
    void ofTwoStrangersWithOneIdNeitherRuns(String order) {
        try (var machine = new Installation(plugins)) {
            plugin("good").writeTo(plugins);
            if (!order.equals("z first")) {
                plugin("vendor.a").writeTo(plugins, "a.jar");
            }
            if (order.equals("a first")) {
                machine.scan();
            }
            plugin("vendor.a").version("1.1.0").writeTo(plugins, "z.jar");
            if (order.equals("z first")) {
                machine.scan();
                plugin("vendor.a").writeTo(plugins, "a.jar");
            }
            machine.scan();

            assertThat(states(machine)).containsExactly("a.jar FAILED", "good.jar STARTED", "z.jar FAILED");
            assertThat(machine.problems)
                    .hasSize(2)
                    .allMatch(problem -> problem.kind() == Kind.DUPLICATE_PLUGIN)
                    .extracting(Problem::toString)
                    .anyMatch(text -> text.startsWith("vendor.a: its id is also that of a.jar, so neither is loaded")
                            && text.contains("pin.vendor.a = sha256:"));
        }
    }

    @Test
    void theOneThatStaysRunsWhenTheOtherIsRemoved() throws IOException {
        try (var machine = new Installation(plugins)) {
            plugin("vendor.a").writeTo(plugins, "a.jar");
            Path other = plugin("vendor.a").version("1.1.0").writeTo(plugins, "z.jar");
            machine.scan();

            Files.delete(other);
            machine.scan();

            assertThat(states(machine)).containsExactly("a.jar STARTED");
            assertThat(machine.plugin("vendor.a").problem()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.jar", "z.jar"})
    void thePinnedOneRunsWhateverItsName(String name) throws Exception {
        Path mine = plugin("vendor.a").writeTo(elsewhere, name);
        try (var machine = new Installation(plugins, pinned("vendor.a", mine))) {
            plugin("vendor.a").version("9.0.0").writeTo(plugins, "m.jar");
            machine.scan();
            Files.copy(mine, plugins.resolve(name));
            machine.scan();

            assertThat(states(machine)).containsExactlyInAnyOrder(name + " STARTED", "m.jar FAILED");
            assertThat(machine.problem().kind()).isEqualTo(Kind.NOT_ALLOWED);
            assertThat(machine.problem().hint())
                    .endsWith("put into the policy file: pin.vendor.a = " + digest(plugins.resolve("m.jar")));
            assertThat(machine.host.pinned).containsExactly("vendor.a");
        }
        Files.delete(mine);
    }

    @Test
    void anIdThatIsPinnedIsOfNoUseToAnotherEvenIfThePinnedJarIsNotThere() throws Exception {
        Path mine = plugin("vendor.a").writeTo(elsewhere);
        try (var machine = new Installation(plugins, pinned("vendor.a", mine))) {
            plugin("vendor.a").version("9.0.0").writeTo(plugins);
            machine.scan();

            assertThat(machine.state("vendor.a")).isEqualTo(State.FAILED);
            assertThat(machine.host.calls).isEmpty();
        }
    }

    @Test
    void aStrangerWithTheModuleOfAPinnedPluginCostsThatNothing() throws Exception {
        Path mine = plugin("vendor.a").writeTo(plugins);
        plugin("stranger").moduleName("vendor.a").writeTo(plugins);
        try (var machine = new Installation(plugins, pinned("vendor.a", mine))) {
            machine.scan();

            assertThat(states(machine)).containsExactly("stranger.jar FAILED", "vendor.a.jar STARTED");
            assertThat(machine.problem().message()).isEqualTo("its module vendor.a is also that of vendor.a.jar");
        }
    }

    @Test
    void twoStrangersWithOneModuleDoNotRun() {
        plugin("one").moduleName("vendor.shared").writeTo(plugins);
        plugin("two").moduleName("vendor.shared").writeTo(plugins);
        try (var machine = new Installation(plugins)) {
            machine.scan();

            assertThat(states(machine)).containsExactly("one.jar FAILED", "two.jar FAILED");
        }
    }

    @Test
    void oneOfTwoIdenticalCopiesRuns() throws IOException {
        Path jar = plugin("vendor.a").writeTo(plugins, "b.jar");
        try (var machine = new Installation(plugins)) {
            Files.copy(jar, plugins.resolve("c.jar"));
            machine.scan();

            assertThat(states(machine)).containsExactly("b.jar STARTED", "c.jar FAILED");
            assertThat(machine.problem().message()).isEqualTo("its id is also that of b.jar");
        }
    }

    @Test
    void aJarThatCannotRunAnywayCostsItsNamesakeNothing() {
        plugin("vendor.a").writeTo(plugins, "b.jar");
        plugin("vendor.a").requires(">=9.0.0").writeTo(plugins, "a.jar");
        try (var machine = new Installation(plugins)) {
            machine.scan();

            assertThat(states(machine)).containsExactly("a.jar FAILED", "b.jar STARTED");
            assertThat(machine.problem().kind()).isEqualTo(Kind.INCOMPATIBLE_API);
        }
    }

    @Test
    void anIdOfAPluginOfTheApplicationIsNotForAJar() {
        plugin("of.application").writeTo(plugins);
        try (var machine = new Installation(plugins);
                var directory = new PluginDirectory(
                        plugins, machine.host, PluginRules.NONE, Set.of("of.application"), machine)) {
            directory.scan();

            assertThat(machine.problem().kind()).isEqualTo(Kind.DUPLICATE_PLUGIN);
            assertThat(machine.host.calls).isEmpty();
        }
    }

    @Test
    void onlyAJarWithAnAllowedDigestIsLoaded() throws Exception {
        Path good = plugin("good").writeTo(plugins);
        Path stranger = plugin("stranger").writeTo(plugins);
        try (var machine = new Installation(plugins, allowing(digest(good)))) {
            machine.scan();

            assertThat(states(machine)).containsExactly("good.jar STARTED", "stranger.jar FAILED");
            assertThat(machine.problem())
                    .hasToString(
                            "stranger: the policy does not allow stranger.jar. If you trust it, write into the policy"
                                    + " file: plugin.allow = " + digest(good) + " " + digest(stranger));
        }
    }

    @Test
    void aPinnedJarNeedNotBeAllowedAsWell() throws Exception {
        Path jar = plugin("good").writeTo(plugins);
        var rules = new PluginRules(Set.of(), Optional.of(List.of()), Map.of("good", Set.of(digest(jar))));
        try (var machine = new Installation(plugins, rules)) {
            machine.scan();

            assertThat(states(machine)).containsExactly("good.jar STARTED");
        }
    }

    @Test
    void aJarOfAnAllowedSignerIsLoadedAndOneOfAnotherIsNot() throws Exception {
        Files.copy(signed, plugins.resolve("good.jar"));
        Files.copy(signedByOther, plugins.resolve("stranger.jar"));
        try (var machine = new Installation(plugins, allowing(signer("vendor")))) {
            machine.scan();

            assertThat(states(machine)).containsExactly("good.jar STARTED", "stranger.jar FAILED");
            assertThat(machine.problem().kind()).isEqualTo(Kind.NOT_ALLOWED);
            assertThat(machine.problem().hint()).endsWith(signer("vendor") + " " + signer("other"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"good/Provider.class", "good/Added.class", "META-INF/services/x"})
    void aSignatureThatDoesNotFitIsRefusedWhateverThePolicySays(String changed) throws Exception {
        Path jar = Files.copy(signed, plugins.resolve("good.jar"));
        tamper(jar, changed, new byte[] {1, 2, 3});
        for (PluginRules rules : List.of(PluginRules.NONE, allowing(digest(jar), signer("vendor")))) {
            try (var machine = new Installation(plugins, rules)) {
                machine.scan();

                assertThat(machine.problem().kind()).as(changed).isEqualTo(Kind.BAD_SIGNATURE);
                assertThat(machine.host.calls).isEmpty();
            }
        }
    }

    @Test
    void aSignatureFileAloneMakesNoSigner() throws Exception {
        Path jar = plugin("good").writeTo(plugins);
        var content = new ByteArrayOutputStream();
        content.writeBytes("Signature-Version: 1.0\r\n\r\n".getBytes());
        tamper(jar, "META-INF/VENDOR.SF", content.toByteArray());
        try (var machine = new Installation(plugins)) {
            machine.scan();

            assertThat(machine.problem().kind()).isEqualTo(Kind.BAD_SIGNATURE);
        }
    }

    @Test
    void aSignedJarRunsWithoutAList() throws Exception {
        Files.copy(signed, plugins.resolve("good.jar"));
        try (var machine = new Installation(plugins)) {
            machine.scan();

            assertThat(machine.problems).isEmpty();
            assertThat(states(machine)).containsExactly("good.jar STARTED");
        }
    }
}
