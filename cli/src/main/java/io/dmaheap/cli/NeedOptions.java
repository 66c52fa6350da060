package io.dmaheap.cli;

import io.dmaheap.Need;
import io.dmaheap.Protection;
import io.dmaheap.Trait;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is needed of a heap that is to be chosen. */
final class NeedOptions {
    @Option(
            names = "--require",
            paramLabel = "TRAIT",
            split = ",",
            converter = TraitConverter.class,
            description = "Only heaps with these traits: contiguous, cached, cpu-accessible, zeroed, protected.")
    private List<Trait> required = List.of();

    @Option(
            names = "--prefer",
            paramLabel = "TRAIT",
            split = ",",
            converter = TraitConverter.class,
            description = "Heaps with these traits come first.")
    private List<Trait> preferred = List.of();

    @Option(
            names = "--forbid",
            paramLabel = "TRAIT",
            split = ",",
            converter = TraitConverter.class,
            description = "Only heaps without these traits.")
    private List<Trait> forbidden = List.of();

    @Option(
            names = "--use-case",
            paramLabel = "WORD",
            description = "Only memory that is protected for this use, such as secure-video.")
    private @Nullable String useCase;

    @Option(
            names = "--protection",
            paramLabel = "KIND",
            converter = ProtectionConverter.class,
            description = "Only memory that is protected in this way: inaccessible, encrypted, hypervisor.")
    private Protection.@Nullable Kind protection;

    @Option(
            names = "--protected-by",
            paramLabel = "PLUGIN",
            description =
                    "Only memory that this plugin protects, such as heaps-restricted-mtk. Without it the plugin of the best heap;"
                            + " another's never stands in.")
    private @Nullable String protector;

    @Option(
            names = "--used-by",
            paramLabel = "DEVICE",
            split = ",",
            description = "Only memory that these devices can use, where the platform knows devices.")
    private List<String> devices = List.of();

    boolean given() {
        return !required.isEmpty()
                || !preferred.isEmpty()
                || !forbidden.isEmpty()
                || !devices.isEmpty()
                || useCase != null
                || protection != null
                || protector != null;
    }

    Need need() {
        Need need = Need.any().usedBy(devices.toArray(String[]::new));
        for (Trait trait : preferred) {
            need = need.prefer(trait);
        }
        for (Trait trait : required) {
            need = need.require(trait);
        }
        for (Trait trait : forbidden) {
            need = need.forbid(trait);
        }
        need = useCase == null ? need : need.forUseCase(useCase);
        need = protection == null ? need : need.protectedAs(protection);
        return protector == null ? need : need.protectedBy(protector);
    }
}
