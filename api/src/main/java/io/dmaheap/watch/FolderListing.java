package io.dmaheap.watch;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of a directory at one moment.
 *
 * @param files by path; immutable
 */
public record FolderListing(SortedMap<Path, Fingerprint> files) {
    /** Nothing. */
    public static final FolderListing EMPTY = new FolderListing(new TreeMap<>());

    /** Keeps an immutable view. */
    public FolderListing {
        files = Collections.unmodifiableSortedMap(files);
    }

    List<Path> links() {
        return files.entrySet().stream()
                .filter(file -> file.getValue().link())
                .map(Map.Entry::getKey)
                .toList();
    }
}
