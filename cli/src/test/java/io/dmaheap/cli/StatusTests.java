package io.dmaheap.cli;

import static io.dmaheap.cli.Calls.call;
import static io.dmaheap.cli.Calls.machine;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.BufferHolder;
import io.dmaheap.Choice;
import io.dmaheap.DmaBuf;
import io.dmaheap.Finding;
import io.dmaheap.Heap;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Need;
import io.dmaheap.PluginInfo;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.Usage;
import io.dmaheap.cli.play.FakeBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What machines in a bad state lead to. */
class StatusTests {

    @ParameterizedTest
    @CsvSource({"PT0.05S, PT2S", "PT0.125S, PT2S", "PT0.25S, PT4S", "PT0.5S, PT8S", "PT2S, PT10S", "PT60S, PT10S"})
    void howeverSlowTheMachineIsAPluginThatHangsIsWaitedForTenSecondsAtMost(Duration start, Duration limit) {
        assertThat(Invocation.limit(start)).isEqualTo(limit);
    }

    @Test
    void aMachineWithoutHeapsSaysNoneAndWhatToDo() {
        var plugin = new PluginInfo(
                "heaps-system",
                "1.0.0",
                "",
                "",
                Optional.empty(),
                PluginInfo.State.STARTED,
                List.of(),
                Optional.empty());
        var heaps = new FakeHeaps() {
            @Override
            public List<PluginInfo> plugins() {
                return List.of(plugin);
            }
        };
        var result = call(machine(heaps), "list");
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.out())
                .contains("\nnone\n")
                .contains("dmaheap doctor")
                .contains("--platform emulator")
                .contains("CONFIG_DMABUF_HEAPS");
    }

    @Test
    void withoutPluginsTheyAreWhatIsMissing() {
        assertThat(call(machine(new FakeHeaps()), "list").out())
                .contains("\nnone\n")
                .contains("There is no plugin")
                .doesNotContain("CONFIG");
    }

    @Test
    void aListThatLacksWhatAPluginShouldHaveBroughtIsAProblem() {
        var clash = Problem.of(Problem.Kind.DUPLICATE_HEAP, "one", "cannot offer the heap x", "Remove one", null);
        var failed = new PluginInfo(
                "one", "1.0.0", "", "", Optional.empty(), PluginInfo.State.FAILED, List.of(), Optional.of(clash));
        assertThat(call(machine(withOneHeap(List.of(), List.of())), "list").status())
                .isEqualTo(ExitStatus.OK);
        assertThat(call(machine(withOneHeap(List.of(), List.of(clash))), "list").status())
                .isEqualTo(ExitStatus.PROBLEM);
        assertThat(call(machine(withOneHeap(List.of(failed), List.of())), "list")
                        .status())
                .isEqualTo(ExitStatus.PROBLEM);
    }

    private static FakeHeaps withOneHeap(List<PluginInfo> plugins, List<Problem> problems) {
        return new FakeHeaps() {
            @Override
            public List<HeapInfo> heaps() {
                return List.of(new HeapInfo(
                        "system",
                        List.of(),
                        HeapState.LIVE,
                        Traits.SYSTEM,
                        "heaps-system",
                        Optional.empty(),
                        HeapInfo.Openable.YES,
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        0,
                        0));
            }

            @Override
            public List<PluginInfo> plugins() {
                return plugins;
            }

            @Override
            public List<Problem> problems() {
                return problems;
            }
        };
    }

    @Test
    void problemsWithPluginsAreShown() {
        var problem = Problem.of(Problem.Kind.CORRUPT_JAR, "bad.jar", "this is no readable jar", "Copy it again", null);
        var heaps = new FakeHeaps() {
            @Override
            public List<Problem> problems() {
                return List.of(problem);
            }
        };
        assertThat(call(machine(heaps), "list").out())
                .contains("1 problem:\n  bad.jar: this is no readable jar. Copy it again");
        var plugins = call(machine(heaps), "plugin", "list");
        assertThat(plugins.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(plugins.out()).contains("problem: bad.jar: ");
    }

    @Test
    void doctorIsZeroOneOrTwoAsTheWorstFinding() {
        Finding ok = Finding.ok("kernel", "7.2");
        Finding info = Finding.info("CMA heap", "there is none", "boot with cma=64M");
        Finding warn = Finding.warn("udmabuf", "missing", "modprobe udmabuf");
        Finding fail = Finding.fail("heaps", "none", "boot another kernel");
        assertThat(call(machine(new FakeHeaps(), List.of(ok)), "doctor").status())
                .isZero();
        var ordinary = call(machine(new FakeHeaps(), List.of(ok, info)), "doctor");
        assertThat(ordinary.status()).isZero();
        assertThat(ordinary.out()).contains("INFO  CMA heap: there is none\n      fix: boot with cma=64M\n");
        assertThat(call(machine(new FakeHeaps(), List.of(ok, warn)), "doctor").status())
                .isEqualTo(1);
        var worst = call(machine(new FakeHeaps(), List.of(ok, warn, fail)), "doctor");
        assertThat(worst.status()).isEqualTo(2);
        assertThat(worst.out())
                .contains("WARN  udmabuf: missing\n      fix: modprobe udmabuf\n")
                .endsWith("1 ok, 0 info, 1 warning, 1 failure\n");
    }

    private static HeapInfo refused(String name, Traits traits, String reason) {
        return new HeapInfo(
                name,
                List.of(),
                HeapState.LIVE,
                traits,
                "p",
                Optional.empty(),
                new HeapInfo.Openable(false, reason),
                OptionalLong.empty(),
                OptionalLong.empty(),
                0,
                0);
    }

    @Test
    void doctorFailsWhereARequiredUseIsNotPossibleAndSaysWhy() {
        var protectedHeap = refused(
                "vault",
                Traits.protectedFor(new Protection(Protection.Kind.INACCESSIBLE, "secure-video")),
                "EACCES: not in the group video");
        var heaps = new FakeHeaps() {
            @Override
            public List<HeapInfo> heaps() {
                return Stream.concat(withOneHeap(List.of(), List.of()).heaps().stream(), Stream.of(protectedHeap))
                        .toList();
            }
        };
        var findings = List.of(
                Finding.info("CMA heap", "there is none", "boot with cma=64M"),
                Finding.ok("udmabuf", "can be opened"),
                Finding.warn("policy", "line 3", ""));
        var fine = call(machine(heaps, findings), "doctor", "--require", "any,udmabuf");
        assertThat(fine.status()).as("the warning is not what was asked for").isZero();
        assertThat(fine.out()).contains("OK    require any: system\n", "OK    require udmabuf: can be opened\n");
        var none = call(machine(heaps, findings), "doctor", "--require", "contiguous,secure-video,kernel");
        assertThat(none.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(none.out())
                .contains("FAIL  require contiguous: there is none\n      fix: boot with cma=64M\n")
                .contains("FAIL  require secure-video: vault cannot be used: EACCES: not in the group video\n")
                .contains("FAIL  require kernel: there is no such heap\n");
        var json = call(machine(heaps, findings), "doctor", "--require", "trusted-ui", "--json");
        assertThat(json.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(json.json()
                        .getAsJsonArray("findings")
                        .get(3)
                        .getAsJsonObject()
                        .get("subject")
                        .getAsString())
                .isEqualTo("require trusted-ui");
    }

    @Test
    void theHelpNamesEveryUseThatCanBeRequired() {
        assertThat(Requirement.NAMES.split(", "))
                .hasSameSizeAs(Requirement.values())
                .allSatisfy(name -> assertThat(Requirement.named(name)).isPresent());
        assertThat(call(machine(new FakeHeaps()), "doctor", "--help").out().replaceAll("\\s+", " "))
                .contains(Requirement.NAMES);
    }

    @Test
    void dumpCountsABufferOnceHoweverOftenItIsHeld() {
        var heaps = new FakeHeaps() {
            @Override
            public List<BufferHolder> holders() {
                return List.of(
                        new BufferHolder(10, "camera", OptionalInt.of(5), 77, 8192, 3, "system", Optional.of("frame")),
                        new BufferHolder(10, "camera", OptionalInt.empty(), 77, 8192, 3, "system", Optional.empty()),
                        new BufferHolder(20, "display", OptionalInt.of(9), 77, 8192, 3, "system", Optional.empty()),
                        new BufferHolder(20, "display", OptionalInt.of(8), 78, 4096, 1, "udmabuf", Optional.empty()));
            }
        };
        var result = call(machine(heaps), "dump");
        assertThat(result.out())
                .containsPattern("77 +8 KiB +system +frame +3 +camera\\[10\\] fd 5 mapped, display\\[20\\] fd 9")
                .containsPattern("(?m)^ *20 +display +2 +12 KiB$")
                .containsPattern("(?m)^all +2 +12 KiB$");
        var json = call(machine(heaps), "dump", "--json").json();
        assertThat(json.getAsJsonObject("total").get("bytes").getAsLong()).isEqualTo(12288);
        assertThat(json.getAsJsonArray("buffers")).hasSize(2);
        assertThat(call(machine(heaps), "dump", "--exporter", "udmabuf").out())
                .containsPattern("(?m)^all +1 +4 KiB$")
                .doesNotContain("camera");
        assertThat(call(machine(heaps), "dump", "--exporter", "drm").out()).startsWith("no such buffer is held\n");
    }

    @Test
    void dumpOfAProcessShowsWithWhomItSharesItsBuffers() {
        long self = ProcessHandle.current().pid();
        var heaps = new FakeHeaps() {
            @Override
            public List<BufferHolder> holders() {
                return List.of(
                        new BufferHolder(self, "camera", OptionalInt.of(5), 77, 8192, 3, "system", Optional.empty()),
                        new BufferHolder(1, "display", OptionalInt.of(9), 77, 8192, 3, "system", Optional.empty()),
                        new BufferHolder(1, "display", OptionalInt.of(8), 78, 4096, 1, "udmabuf", Optional.empty()));
            }
        };
        String pid = Long.toString(self);
        assertThat(call(machine(heaps), "dump", "--pid", pid, "-no", "buffer,held by")
                        .out())
                .endsWith("77  camera[" + pid + "] fd 5, display[1] fd 9\n")
                .hasLineCount(1);
        assertThat(call(machine(heaps), "dump", "--pid", pid, "--exporter", "udmabuf")
                        .out())
                .startsWith("no such buffer is held\n");
        var nobody = call(machine(heaps), "dump", "--pid", "999999999");
        assertThat(nobody.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(nobody.err()).startsWith("dmaheap: there is no process 999999999");
    }

    @Test
    void playFailsWhenSomethingIsLeftBehind() {
        var leaking = new PlayableHeaps(new Usage(0, 1, 1, 4096, 0, 0, 0, 0), FakeBuffer::new);
        var result = call(machine(leaking), "play", "decode-720p", "--frames", "1");
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.out()).contains("leaks     buffer handles 1, buffers 1, 4 KiB\n");
    }

    @Test
    void playFailsWhenAHeapBreaksItsPromiseOfZeros() {
        var dirty = new PlayableHeaps(Usage.NONE, size -> new FakeBuffer(size).dirty());
        var result = call(machine(dirty), "play", "decode-720p", "--frames", "1");
        assertThat(result.status()).isEqualTo(ExitStatus.PROBLEM);
        assertThat(result.out()).contains("16 bytes not zero although the heap promises zeros");
    }

    @Test
    void aBugIsSaidToBeOne() {
        var result = call(machine(new FakeHeaps()), "alloc", "--size", "1M");
        assertThat(result.status()).isEqualTo(ExitStatus.CANNOT_WORK);
        assertThat(result.err()).startsWith("dmaheap: this is a bug in dmaheap").hasLineCount(1);
    }

    /** Heaps whose every choice gives buffers of the test. */
    private static final class PlayableHeaps extends FakeHeaps {
        private final Usage left;
        private final LongFunction<DmaBuf> allocate;

        PlayableHeaps(Usage left, LongFunction<DmaBuf> allocate) {
            this.left = left;
            this.allocate = allocate;
        }

        @Override
        public Usage usage() {
            return left;
        }

        @Override
        public Choice choose(Need need) {
            return new Choice() {
                @Override
                public Optional<HeapInfo> best() {
                    return Optional.empty();
                }

                @Override
                public Heap open() {
                    throw new UnsupportedOperationException();
                }

                @Override
                @Deprecated
                public Optional<Heap> heap() {
                    return Optional.empty();
                }

                @Override
                public List<Candidate> trace() {
                    return List.of(new Candidate("fake", Verdict.TAKEN, "made up"));
                }

                @Override
                public DmaBuf allocate(AllocationRequest request) {
                    return allocate.apply(request.size());
                }

                @Override
                public void close() {}
            };
        }
    }
}
