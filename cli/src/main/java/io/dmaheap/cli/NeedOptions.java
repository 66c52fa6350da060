package io.dmaheap.cli;

import io.dmaheap.DeviceInfo;
import io.dmaheap.Heaps;
import io.dmaheap.Need;
import io.dmaheap.Protection;
import io.dmaheap.Trait;
import io.dmaheap.cli.output.Near;
import io.dmaheap.cli.output.Printable;
import java.util.List;
import java.util.stream.Stream;
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
            description =
                    "Memory that these devices can use. What is not known to suit them comes last; a real kernel names no devices.")
    private List<String> devices = List.of();

    @Option(
            names = "--require-usable-by",
            paramLabel = "DEVICE",
            split = ",",
            description =
                    "Only memory that these devices are known to be able to use, by the platform or device.NAME in the policy.")
    private List<String> certainDevices = List.of();

    boolean given() {
        return !required.isEmpty()
                || !preferred.isEmpty()
                || !forbidden.isEmpty()
                || !devices.isEmpty()
                || !certainDevices.isEmpty()
                || useCase != null
                || protection != null
                || protector != null;
    }

    Need need() {
        Need need = Need.any()
                .usedBy(devices.toArray(String[]::new))
                .requireUsableBy(certainDevices.toArray(String[]::new));
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

    /** A line for each device that the platform does not know though it names devices: most likely it is misspelt. */
    List<String> unknownDevices(Heaps heaps) {
        List<String> known = heaps.devices().stream().map(DeviceInfo::name).toList();
        return Stream.concat(devices.stream(), certainDevices.stream())
                .distinct()
                .filter(name -> !known.isEmpty() && !known.contains(name))
                .map(name -> Printable.text("no device here is called " + name + Near.hint(name, known)))
                .toList();
    }
}
