package io.dmaheap.linux.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmaheap.linux.uapi.DmaBufHeader;
import io.dmaheap.linux.uapi.DmaHeapHeader;
import io.dmaheap.linux.uapi.SyncFileHeader;
import io.dmaheap.linux.uapi.TeeHeader;
import io.dmaheap.linux.uapi.UdmabufHeader;
import java.io.IOException;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Java's idea of structs, ioctl numbers and constants against that of a C compiler ({@code src/test/c/layouts.c}). */
class LayoutTests {
    private static final Path C = Path.of("src/test/c");

    private static final Map<String, StructLayout> STRUCTS = Map.ofEntries(
            Map.entry("dma_heap_allocation_data", DmaHeapHeader.ALLOCATION_DATA),
            Map.entry("dma_buf_sync", DmaBufHeader.SYNC),
            Map.entry("dma_buf_sync_file", DmaBufHeader.SYNC_FILE),
            Map.entry("udmabuf_create", UdmabufHeader.CREATE_DATA),
            Map.entry("sync_merge_data", SyncFileHeader.MERGE_DATA),
            Map.entry("sync_file_info", SyncFileHeader.FILE_INFO),
            Map.entry("tee_ioctl_version_data", TeeHeader.VERSION_DATA),
            Map.entry("tee_ioctl_shm_alloc_data", TeeHeader.SHM_ALLOC_DATA),
            Map.entry("tee_ioctl_shm_register_data", TeeHeader.SHM_REGISTER_DATA),
            Map.entry("tee_ioctl_shm_register_fd_data", TeeHeader.SHM_REGISTER_FD_DATA),
            Map.entry("tee_ioctl_buf_data", TeeHeader.BUF_DATA),
            Map.entry("tee_ioctl_param", TeeHeader.PARAM),
            Map.entry("tee_ioctl_open_session_arg", TeeHeader.OPEN_SESSION_ARG),
            Map.entry("tee_ioctl_invoke_arg", TeeHeader.INVOKE_ARG),
            Map.entry("tee_ioctl_cancel_arg", TeeHeader.CANCEL_ARG),
            Map.entry("tee_ioctl_close_session_arg", TeeHeader.CLOSE_SESSION_ARG),
            Map.entry("statx", FileStructs.STATX),
            Map.entry("statfs", FileStructs.STATFS),
            Map.entry("pollfd", FileStructs.POLLFD),
            Map.entry("sockaddr_un", SocketStructs.SOCKADDR_UN),
            Map.entry("iovec", SocketStructs.IOVEC),
            Map.entry("msghdr", SocketStructs.MSGHDR),
            Map.entry("cmsghdr", SocketStructs.CMSGHDR),
            Map.entry("ucred", SocketStructs.UCRED));

    private static final List<Class<?>> CONSTANTS = List.of(
            Errno.class,
            FileStructs.class,
            SocketStructs.class,
            DmaHeapHeader.class,
            DmaBufHeader.class,
            UdmabufHeader.class,
            SyncFileHeader.class,
            TeeHeader.class);

    /** Limits and offsets that have no C constant of that name. */
    private static final Set<String> OURS =
            Set.of("MAX_PATH", "SUN_PATH_OFFSET", "MAX_NAME", "UUID_OFFSET", "CLNT_UUID_OFFSET");

    @TestFactory
    Stream<DynamicTest> everyCommittedFactHoldsInJava() throws IOException {
        return Stream.of("x86_64", "aarch64")
                .flatMap(arch -> facts(arch).entrySet().stream()
                        .map(fact -> DynamicTest.dynamicTest(
                                arch + " " + fact.getKey(),
                                () -> assertThat(inJava(fact.getKey())).isEqualTo(fact.getValue()))));
    }

    @Test
    void everyConstantInJavaIsAmongTheFacts() {
        assertThat(CONSTANTS.stream().flatMap(LayoutTests::numbers).map(Field::getName))
                .filteredOn(name -> !OURS.contains(name))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(facts("x86_64")).containsKey(name));
    }

    @Test
    void theCompilerOfThisMachineAgrees(@TempDir Path directory) throws Exception {
        Path compiler = compiler();
        if (System.getenv("CI") != null) {
            assertThat(compiler).as("cc, which CI must have").isNotNull();
        }
        assumeTrue(
                compiler != null, "no cc on PATH: the committed facts were checked, this machine's headers were not");
        Path program = directory.resolve("layouts");
        run(compiler.toString(), C.resolve("layouts.c").toString(), "-o", program.toString());
        String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        assertThat(parse(run(program.toString()).lines())).isEqualTo(facts(arch));
    }

    private static long inJava(String fact) throws ReflectiveOperationException {
        if (fact.startsWith("sizeof(")) {
            return STRUCTS.get(fact.substring("sizeof(".length(), fact.length() - 1))
                    .byteSize();
        }
        int dot = fact.indexOf('.');
        if (dot > 0) {
            return STRUCTS.get(fact.substring(0, dot)).byteOffset(PathElement.groupElement(fact.substring(dot + 1)));
        }
        Field constant = CONSTANTS.stream()
                .flatMap(LayoutTests::numbers)
                .filter(field -> field.getName().equals(fact))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no class has the constant " + fact));
        return ((Number) constant.get(null)).longValue();
    }

    private static Stream<Field> numbers(Class<?> type) {
        return Stream.of(type.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .filter(field -> field.getType().isPrimitive());
    }

    private static Map<String, Long> facts(String arch) {
        try (Stream<String> lines = Files.lines(C.resolve("layouts-" + arch + ".txt"))) {
            return parse(lines);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Long> parse(Stream<String> lines) {
        var facts = new TreeMap<String, Long>();
        lines.map(line -> line.split(" ")).forEach(words -> facts.put(words[0], Long.parseUnsignedLong(words[1])));
        return facts;
    }

    private static Path compiler() {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, "cc"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES).execute(process::destroyForcibly);
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
