package io.dmaheap.core;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.PlatformInfo;
import io.dmaheap.Problem;
import io.dmaheap.spi.PlatformProvider;
import io.dmaheap.spi.PlatformProvider.Suitability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the platforms on the class or module path and picks one. */
final class Platforms {
    private static final System.Logger LOG = System.getLogger("io.dmaheap");

    /**
     * A platform and why it was picked.
     *
     * @param provider opens it
     * @param info for showing
     * @param problem what the program should know of the choice, if anything
     */
    record Picked(PlatformProvider provider, PlatformInfo info, Optional<Problem> problem) {
        Picked(PlatformProvider provider, PlatformInfo info) {
            this(provider, info, Optional.empty());
        }
    }

    private record Judged(PlatformProvider provider, Suitability suitability) {
        String line() {
            return provider.name() + ": " + suitability.reason();
        }
    }

    private Platforms() {}

    static List<PlatformProvider> all() {
        List<PlatformProvider> found = new ArrayList<>();
        var loader = ServiceLoader.load(PlatformProvider.class, Platforms.class.getClassLoader())
                .iterator();
        while (true) {
            try {
                if (!loader.hasNext()) {
                    return found;
                }
                found.add(loader.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                LOG.log(System.Logger.Level.WARNING, "a platform provider cannot be loaded", e);
            }
        }
    }

    /** The one that the program made, if it can be used, or may be later. */
    static Picked given(PlatformProvider provider) {
        Suitability suitability = provider.suitability();
        if (!suitability.usable() && !provider.mayBecomeUsable()) {
            throw HeapException.of(
                            ErrorCode.PLATFORM_UNAVAILABLE,
                            "the platform cannot be used here: " + provider.name() + ": " + suitability.reason())
                    .hint("`dmaheap doctor` shows what is missing")
                    .build();
        }
        return new Picked(
                provider,
                new PlatformInfo(
                        provider.name(), "made by the program; " + provider.name() + ": " + suitability.reason()));
    }

    /** The one that was asked for, else the best, whether or not memory can be had of it: to look at what is missing. */
    static Picked toLookAt(Optional<String> wanted) {
        return all().stream()
                .filter(provider -> wanted.isEmpty() || provider.name().equals(wanted.get()))
                .max(Comparator.comparingInt(provider -> suitability(provider).rank()))
                .map(provider -> new Picked(provider, new PlatformInfo(provider.name(), "looked at")))
                .orElseGet(() -> pick(wanted));
    }

    static Picked pick(Optional<String> wanted) {
        return pick(wanted, all());
    }

    static Picked pick(Optional<String> wanted, List<PlatformProvider> providers) {
        List<Judged> judged = providers.stream()
                .map(provider -> new Judged(provider, suitability(provider)))
                .sorted(Comparator.comparingInt(
                                (Judged one) -> one.suitability().rank())
                        .reversed())
                .toList();
        return wanted.isPresent() ? named(wanted.get(), judged) : best(judged);
    }

    /** One provider that breaks does not keep another from being picked. */
    private static Suitability suitability(PlatformProvider provider) {
        try {
            return provider.suitability();
        } catch (RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.WARNING, "the platform " + provider.name() + " cannot be judged", e);
            return new Suitability(false, Integer.MIN_VALUE, "it failed with " + e);
        }
    }

    private static Picked named(String name, List<Judged> judged) {
        Judged one = judged.stream()
                .filter(candidate -> candidate.provider().name().equals(name))
                .findFirst()
                .orElseThrow(() -> HeapException.of(ErrorCode.PLATFORM_UNAVAILABLE, "there is no platform " + name)
                        .hint("There is " + names(judged))
                        .build());
        if (!one.suitability().usable() && !one.provider().mayBecomeUsable()) {
            throw HeapException.of(ErrorCode.PLATFORM_UNAVAILABLE, "the platform cannot be used here: " + one.line())
                    .hint("`dmaheap doctor` shows what is missing; `--platform emulator` works anywhere")
                    .build();
        }
        return new Picked(one.provider(), new PlatformInfo(name, "asked for; " + one.line()));
    }

    private static Picked best(List<Judged> judged) {
        Judged best = judged.stream()
                .filter(one -> one.suitability().usable() || hasHeaps(one.provider()))
                .findFirst()
                .orElseThrow(() -> HeapException.of(
                                ErrorCode.PLATFORM_UNAVAILABLE,
                                "no platform can be used here"
                                        + judged.stream()
                                                .map(one -> "; " + one.line())
                                                .collect(Collectors.joining()))
                        .hint("Put heap-linux or heap-emulator on the module path or class path")
                        .build());
        if (!best.suitability().usable()) {
            return openedAllTheSame(best);
        }
        List<Judged> passedOver = judged.stream().takeWhile(one -> one != best).toList();
        var info = new PlatformInfo(
                best.provider().name(),
                best.suitability().reason()
                        + passedOver.stream().map(one -> "; not " + one.line()).collect(Collectors.joining()));
        return new Picked(best.provider(), info, passedOver.stream().findFirst().map(one -> standsIn(best, one)));
    }

    private static boolean hasHeaps(PlatformProvider provider) {
        try {
            return provider.hasHeaps();
        } catch (RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.WARNING, "the platform " + provider.name() + " cannot be judged", e);
            return false;
        }
    }

    /** The machine has its heaps, so no other platform takes its place. */
    private static Picked openedAllTheSame(Judged one) {
        String name = one.provider().name();
        if (!one.provider().mayBecomeUsable()) {
            throw HeapException.of(
                            ErrorCode.PLATFORM_UNAVAILABLE,
                            "this machine has heaps that this program cannot use: " + one.line())
                    .hint(
                            "To work without them, ask for the emulator: withPlatform(\"emulator\"), `--platform emulator` or"
                                    + " -Ddmaheap.platform=emulator")
                    .build();
        }
        return new Picked(
                one.provider(), new PlatformInfo(name, one.suitability().reason()));
    }

    private static Problem standsIn(Judged taken, Judged passedOver) {
        String name = taken.provider().name();
        return Problem.of(
                Problem.Kind.EMULATED_PLATFORM,
                name,
                "buffers come from " + name + ", since " + passedOver.line(),
                "If that is what you want, ask for it by name: withPlatform(\"" + name + "\"), `--platform " + name
                        + "` or -Ddmaheap.platform=" + name + "; otherwise `dmaheap doctor` shows what is missing",
                null);
    }

    private static String names(List<Judged> judged) {
        return judged.isEmpty()
                ? "none on the module path"
                : judged.stream().map(one -> one.provider().name()).collect(Collectors.joining(", "));
    }
}
