package io.dmaheap.core;

import io.dmaheap.DeviceInfo;
import io.dmaheap.Finding;
import io.dmaheap.HeapInfo;
import io.dmaheap.HeapState;
import io.dmaheap.Heaps;
import io.dmaheap.PluginInfo;
import io.dmaheap.core.policy.Mention;
import io.dmaheap.core.policy.Policy;
import io.dmaheap.core.registry.NearNames;
import io.dmaheap.spi.PlatformProvider;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Names in the operator's policy that nothing here has. They are no errors, since plugins and heaps come and go; but a limit for a
 * mistyped name is no limit, and nobody would notice.
 */
final class UnknownNames {
    private final Policy policy;
    private final Set<String> heaps;
    private final Set<String> devices;
    private final Set<String> plugins;
    private final Set<String> platforms;

    UnknownNames(Heaps open, Policy policy) {
        this.policy = policy;
        this.heaps = open.heaps().stream()
                .filter(heap -> heap.state() != HeapState.AWAITED)
                .map(HeapInfo::name)
                .collect(Collectors.toCollection(TreeSet::new));
        this.devices = open.devices().stream().map(DeviceInfo::name).collect(Collectors.toCollection(TreeSet::new));
        this.plugins = open.plugins().stream().map(PluginInfo::id).collect(Collectors.toCollection(TreeSet::new));
        this.platforms =
                Platforms.all().stream().map(PlatformProvider::name).collect(Collectors.toCollection(TreeSet::new));
        this.platforms.add(open.platform().name());
    }

    List<Finding> findings() {
        return policy.mentions().stream()
                .filter(mention -> !isKnown(mention))
                .map(this::finding)
                .toList();
    }

    private boolean isKnown(Mention mention) {
        return switch (mention.kind()) {
            case ALIAS ->
                mention.name().endsWith("*")
                        || policy.aliases().of(mention.name()).stream().anyMatch(heaps::contains);
            case HEAP_OR_ALIAS ->
                heaps.contains(mention.name())
                        || policy.aliases().of(mention.name()).stream().anyMatch(heaps::contains);
            // Where a platform names no devices, the policy is the only one who knows them.
            case DEVICE -> devices.isEmpty() || devices.contains(mention.name());
            case HEAP, PLUGIN, PLATFORM -> names(mention.kind()).contains(mention.name());
        };
    }

    private Set<String> names(Mention.Kind kind) {
        return switch (kind) {
            case ALIAS, HEAP, HEAP_OR_ALIAS -> heaps;
            case DEVICE -> devices;
            case PLUGIN -> plugins;
            case PLATFORM -> platforms;
        };
    }

    private Finding finding(Mention mention) {
        String what = switch (mention.kind()) {
            case ALIAS -> "no heap is here that the alias " + mention.name() + " could stand for";
            case HEAP, HEAP_OR_ALIAS -> "no heap here is called " + mention.name();
            case DEVICE -> "no device here is called " + mention.name();
            case PLUGIN -> "no plugin here is called " + mention.name();
            case PLATFORM -> "no platform is called " + mention.name();
        };
        List<String> near = NearNames.of(mention.name(), names(mention.kind()));
        String fix = mention.kind() == Mention.Kind.ALIAS || near.isEmpty()
                ? "Mend the name, unless it comes later: there is " + String.join(", ", names(mention.kind()))
                : "Did you mean " + String.join(" or ", near) + "?";
        return Finding.warn("policy", mention.place() + ": " + what + ", so this setting has no effect", fix);
    }
}
