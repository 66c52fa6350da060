package io.dmaheap.core;

import io.dmaheap.DmaBuf;
import io.dmaheap.Finding;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.core.buffer.Voucher;
import io.dmaheap.core.plugin.JarInspector;
import io.dmaheap.spi.Framework;
import io.dmaheap.spi.PlatformProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What {@link Heaps#open()} reaches. */
public final class CoreFramework implements Framework {

    /** What the findings "platform" and "heaps" say. */
    private static final Set<Problem.Kind> SAID_ELSEWHERE =
            Set.of(Problem.Kind.EMULATED_PLATFORM, Problem.Kind.NO_PLUGIN);

    /** For {@link java.util.ServiceLoader}. */
    public CoreFramework() {}

    @Override
    public Heaps open(HeapsOptions options) {
        return OpenHeaps.open(options, Platforms.pick(options.platform()));
    }

    @Override
    public Heaps open(HeapsOptions options, PlatformProvider platform) {
        return OpenHeaps.open(options, Platforms.given(platform));
    }

    @Override
    public Protection vouch(DmaBuf buffer, String useCase, Protection.@Nullable Kind kind) {
        return Voucher.vouch(buffer, useCase, kind);
    }

    @Override
    public List<Finding> diagnose(HeapsOptions options) {
        var ofPlatforms = new LinkedHashMap<String, List<Finding>>();
        Platforms.all().forEach(platform -> ofPlatforms.put(platform.name(), platform.diagnose()));
        List<Finding> findings = new ArrayList<>();
        Optional<String> inUse = Optional.empty();
        try (OpenHeaps heaps = OpenHeaps.open(options, Platforms.pick(options.platform()))) {
            inUse = Optional.of(heaps.platform().name())
                    .filter(_ -> heaps.heaps().stream()
                            .anyMatch(heap -> heap.openable().yes()));
            findings.add(Finding.ok(
                    "platform",
                    heaps.platform().name() + ": " + heaps.platform().reason()));
            heaps.problems().stream()
                    .filter(problem -> !SAID_ELSEWHERE.contains(problem.kind()))
                    .forEach(problem ->
                            findings.add(Finding.fail(problem.subject(), problem.message(), problem.hint())));
            findings.addAll(new ProtectedUses(heaps, heaps.kernelHeaps()).findings());
            findings.addAll(new UnknownNames(heaps, heaps.policy()).findings());
            if (heaps.heaps().isEmpty()) {
                findings.add(withoutHeaps(heaps));
            }
        } catch (HeapException e) {
            findings.add(Finding.fail("open", e.getMessage(), ""));
            findings.addAll(protectedUsesAllTheSame(options));
        }
        return inUse.map(platform -> whereOneWorks(platform, ofPlatforms, findings))
                .orElseGet(() -> Stream.concat(ofPlatforms.values().stream().flatMap(List::stream), findings.stream())
                        .toList());
    }

    /** Where memory can be had, what else does not work is a limit, and what a platform lacks that is not in use no more than information. */
    private static List<Finding> whereOneWorks(
            String inUse, Map<String, List<Finding>> ofPlatforms, List<Finding> others) {
        List<Finding> all = new ArrayList<>();
        ofPlatforms.forEach((platform, findings) ->
                findings.forEach(finding -> all.add(platform.equals(inUse) ? limit(finding) : information(finding))));
        others.forEach(finding -> all.add(limit(finding)));
        return List.copyOf(all);
    }

    private static Finding information(Finding finding) {
        return finding.status() == Finding.Status.OK
                ? finding
                : Finding.info(finding.subject(), finding.detail(), finding.fix());
    }

    @Override
    public List<Problem> inspect(Path plugin) {
        return new JarInspector().problems(plugin);
    }

    private static Finding withoutHeaps(Heaps heaps) {
        return heaps.plugins().isEmpty()
                ? Finding.fail(
                        "heaps",
                        "no plugin offers a heap",
                        "Put the heaps-* jars into the plugin directory and pass it")
                : Finding.fail(
                        "heaps",
                        "no plugin has found a heap to offer",
                        "See above what the platform lacks; a heap that comes later is offered then");
    }

    /** A machine without a heap is the one that needs to know what protected memory takes. */
    private static List<Finding> protectedUsesAllTheSame(HeapsOptions options) {
        try (OpenHeaps heaps = OpenHeaps.open(options, Platforms.toLookAt(options.platform()))) {
            return new ProtectedUses(heaps, heaps.kernelHeaps()).findings();
        } catch (HeapException e) {
            return ProtectedUses.unseen(String.valueOf(e.getMessage()));
        }
    }

    /** A heap of others, a plugin. */
    private static Finding limit(Finding finding) {
        return finding.status() == Finding.Status.FAIL
                ? Finding.warn(finding.subject(), finding.detail(), finding.fix())
                : finding;
    }
}
