package io.dmaheap;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Who may touch a protected buffer, and in which direction. Whoever is not on the list is stopped by the bus, the CPU included.
 *
 * @param grants the widest access of each device, by the device's name
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record AccessList(Map<String, Access> grants) {
    /** Open to nobody. */
    public static final AccessList NOBODY = new AccessList(Map.of());

    /** Copies the map. */
    public AccessList {
        grants = Map.copyOf(grants);
    }

    /** A list with one device on it. */
    public static AccessList of(String device, Access access) {
        return new AccessList(Map.of(device, access));
    }

    /** Whether the device may do this. Whether it also can, its constraints decide: {@link DmaBuf#canAccess}. */
    public boolean permits(String device, Access direction) {
        Objects.requireNonNull(direction, "direction");
        return Optional.ofNullable(grants.get(device))
                .filter(access -> access.covers(direction))
                .isPresent();
    }

    /** In the order of the names: {@code decoder READ_WRITE, display READ}. */
    @Override
    public String toString() {
        SortedMap<String, Access> sorted = new TreeMap<>(grants);
        return sorted.isEmpty()
                ? "nobody"
                : sorted.entrySet().stream()
                        .map(grant -> grant.getKey() + " " + grant.getValue())
                        .collect(Collectors.joining(", "));
    }
}
