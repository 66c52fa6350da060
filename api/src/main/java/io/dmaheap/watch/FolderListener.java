package io.dmaheap.watch;

import io.dmaheap.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What a {@link FolderWatch} calls. All calls come from one thread at a time. */
public interface FolderListener {

    /**
     * Files came, went or changed, and have come to rest. Whatever it throws, the same change is passed on again a few seconds later.
     *
     * @param before the listing of the last call that returned, at first of the moment when the watch began
     * @param now the listing of this moment
     * @param moving files that still change; they are part of a later call
     */
    void changed(FolderListing before, FolderListing now, Set<Path> moving);

    /** Whether something is left that may work later without a change in the directory: {@link #changed} is called again soon. */
    boolean isUnfinished();

    /**
     * The problems of the watch are others than before. A problem that is not in the list any more has ended.
     *
     * @param problems those there are now
     */
    void impaired(List<Problem> problems);
}
