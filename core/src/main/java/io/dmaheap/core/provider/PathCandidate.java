package io.dmaheap.core.provider;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.core.call.CallLimit;
import io.dmaheap.core.call.LifeCalls;
import io.dmaheap.spi.HeapProvider;
import java.net.URL;
import java.security.CodeSource;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One provider of the class or module path. Its class is loaded; initialiser and constructor are code of the plugin, and so is its id. */
final class PathCandidate {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._$-]{0,254}");

    private final ServiceLoader.Provider<HeapProvider> found;
    private final Class<?> type;
    /** Written by the step that makes the provider, before the others are read. */
    private @Nullable Made made;

    private @Nullable Throwable failure;

    private record Made(HeapProvider provider, String id) {}

    PathCandidate(ServiceLoader.Provider<HeapProvider> found) {
        this.found = found;
        this.type = found.type();
    }

    Class<?> type() {
        return type;
    }

    /** Makes the provider and asks for its id. What that throws is kept. */
    void make(CallLimit limit) {
        String name = type.getName();
        try {
            made = new LifeCalls(name, type.getClassLoader(), limit)
                    .begin("initialisation", () -> {
                        HeapProvider provider = found.get();
                        return new Made(provider, checked(provider.id()));
                    })
                    .get();
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** The policy and the command name a plugin by its id: as in a manifest, or the name of a class. */
    private String checked(@Nullable String id) {
        boolean reserved = PolicyHeaps.ID.equals(id) && type != PolicyHeaps.class;
        if (id == null || reserved || !ID.matcher(id).matches()) {
            throw HeapException.of(
                            ErrorCode.INVALID_NAME,
                            "the provider " + type.getName() + " has an id that no plugin can have"
                                    + (reserved ? ": " + id + " stands for the policy file" : ""))
                    .hint("Let id() return up to 255 letters, digits, dots, dashes and underscores, such as"
                            + " vendor-heap")
                    .build();
        }
        return id;
    }

    /** Why there is no provider; null if there is one. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** The id of the plugin; that of the class if there is no provider. */
    String id() {
        Made known = made;
        return known == null ? type.getName() : known.id();
    }

    HeapProvider provider() {
        return Objects.requireNonNull(made, "no provider was made").provider();
    }

    /** Whether both come from the same module or jar, and so from the same vendor. */
    boolean comesWith(PathCandidate other) {
        return type.getClassLoader() == other.type.getClassLoader()
                && type.getModule() == other.type.getModule()
                && (type.getModule().isNamed() || Objects.equals(location(), other.location()));
    }

    /** Where the class comes from; empty if that is not known. */
    private String location() {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        return location == null ? "" : location.toString();
    }

    /** The class and where it comes from. */
    @Override
    public String toString() {
        String location = location();
        return type.getName() + (location.isEmpty() ? "" : " (" + location + ")");
    }
}
