package io.dmaheap.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dmaheap.Problem;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything that can happen to the path of a directory, and to the watch of it. */
@Timeout(120)
class FolderWatchTests {
    private static final String THREAD = "folder-watch-under-test";
    private static final Duration REST = Duration.ofMillis(50);

    @TempDir
    Path root;

    private final Listener listener = new Listener();
    private Path folder;
    private FolderWatch watch;

    /** Records the calls that it gets. */
    private static class Listener implements FolderListener {
        volatile FolderListing last = FolderListing.EMPTY;
        volatile List<Problem> problems = List.of();
        volatile boolean unfinished;
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public void changed(FolderListing before, FolderListing now, Set<Path> moving) {
            last = now;
            calls.incrementAndGet();
        }

        @Override
        public boolean isUnfinished() {
            return unfinished;
        }

        @Override
        public void impaired(List<Problem> now) {
            problems = now;
        }
    }

    /** A machine under load takes its time, and these wait for the clock as well. */
    @BeforeAll
    static void bePatient() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    @BeforeEach
    void choose() throws IOException {
        folder = Files.createDirectories(root.resolve("a/b/folder"));
    }

    @AfterEach
    void end() {
        watch.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain(THREAD);
    }

    private Folder watched(Path path) {
        return new Folder(path, "the directory", name -> name.endsWith(".jar"), false);
    }

    private void start(Path path) {
        watch = FolderWatch.start(watched(path), REST, THREAD, listener);
    }

    private void startWith(PathKeys.ServiceOpener opener) {
        watch = FolderWatch.start(watched(folder), REST, THREAD, listener, opener);
    }

    private static Path write(Path directory, String name) throws IOException {
        return Files.writeString(directory.resolve(name), name);
    }

    private List<String> seen() {
        return listener.last.files().keySet().stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    private void awaitSeen(String... names) {
        await().until(() -> seen().equals(List.of(names)));
    }

    @Test
    void filesThatComeAndGo() throws IOException {
        start(folder);

        Path one = write(folder, "one.jar");
        awaitSeen("one.jar");
        write(folder, "two.jar");
        awaitSeen("one.jar", "two.jar");
        Files.delete(one);
        awaitSeen("two.jar");
        assertThat(listener.problems).isEmpty();
    }

    @Test
    void aLogThatIsWrittenAllTheTimeHoldsUpNothing() throws Exception {
        start(folder);
        whileWriting("log.txt", () -> {
            write(folder, "one.jar");
            awaitSeen("one.jar");
        });
    }

    /** A step of a test. */
    private interface Step {
        void take() throws IOException;
    }

    /** Takes a step while a file changes every few milliseconds. */
    private void whileWriting(String name, Step step) throws Exception {
        var stop = new CountDownLatch(1);
        var writer = new FutureTask<Void>(() -> {
            for (int size = 1; !stop.await(5, TimeUnit.MILLISECONDS); size++) {
                Files.writeString(folder.resolve(name), "x".repeat(size));
            }
            return null;
        });
        Thread.ofPlatform().start(writer);
        try {
            step.take();
        } finally {
            stop.countDown();
            writer.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void anotherDirectoryOfTheSameName() throws IOException {
        write(folder, "one.jar");
        start(folder);

        Files.move(folder, folder.resolveSibling("old"));
        Files.createDirectory(folder);
        write(folder, "two.jar");
        awaitSeen("two.jar");

        write(folder, "three.jar");
        awaitSeen("three.jar", "two.jar");
        assertThat(listener.problems).isEmpty();
    }

    @Test
    void anotherAncestorOfTheSameName() throws IOException {
        start(folder);

        Files.move(root.resolve("a"), root.resolve("old"));
        Files.createDirectories(folder);
        write(folder, "two.jar");
        awaitSeen("two.jar");

        Files.move(root.resolve("a"), root.resolve("older"));
        Files.move(root.resolve("old"), root.resolve("a"));
        write(folder, "three.jar");
        awaitSeen("three.jar");
    }

    @Test
    void anAncestorThatIsALinkAndMoves() throws IOException {
        Path first = Files.createDirectories(root.resolve("releases/1/jars"));
        Path second = Files.createDirectories(root.resolve("releases/2/jars"));
        write(second, "two.jar");
        Path current = Files.createSymbolicLink(root.resolve("current"), Path.of("releases/1"));
        start(current.resolve("jars"));
        write(first, "one.jar");
        awaitSeen("one.jar");

        Path next = Files.createSymbolicLink(root.resolve("next"), Path.of("releases/2"));
        Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
        awaitSeen("two.jar");
        write(second, "three.jar");
        awaitSeen("three.jar", "two.jar");
    }

    @Test
    void aLinkInTheDirectoryWhoseTargetChanges() throws IOException {
        Path elsewhere = Files.createDirectories(root.resolve("else/where"));
        Path target = write(elsewhere, "target");
        Files.createSymbolicLink(folder.resolve("one.jar"), Path.of("../../../else/where/target"));
        start(folder);

        Path link = folder.resolve("one.jar");
        Files.writeString(target, "another content");
        await().until(() -> seenSize(link) == "another content".length());

        Files.move(elsewhere, root.resolve("else/gone"));
        await().until(() -> seenSize(link) == 0);
        Files.createDirectories(elsewhere);
        write(elsewhere, "target");
        await().until(() -> seenSize(link) == "target".length());
    }

    private long seenSize(Path file) {
        Fingerprint print = listener.last.files().get(file);
        return print == null ? -1 : print.size();
    }

    @Test
    void aDirectoryThatComesLater() throws IOException {
        Path later = root.resolve("not/yet/there");
        start(later);
        await().until(() -> kinds().equals(List.of(Problem.Kind.DIRECTORY_OUT_OF_REACH)));

        Files.createDirectories(later);
        write(later, "one.jar");
        awaitSeen("one.jar");
        await().until(() -> listener.problems.isEmpty());
    }

    private List<Problem.Kind> kinds() {
        return listener.problems.stream().map(Problem::kind).toList();
    }

    @Test
    void linksInACircleAreAProblemThatEnds() throws IOException {
        Path circle = Files.createSymbolicLink(root.resolve("circle"), Path.of("circle"));
        start(circle);
        await().until(() -> kinds().equals(List.of(Problem.Kind.DIRECTORY_OUT_OF_REACH)));
        assertThat(listener.problems.getFirst().message()).contains("circle");

        Files.delete(circle);
        Files.createDirectory(circle);
        write(circle, "one.jar");
        awaitSeen("one.jar");
        await().until(() -> listener.problems.isEmpty());
    }

    @Test
    void aFileThatIsWrittenAllTheTimeHoldsUpOthersForAWhileOnly() throws Exception {
        start(folder);
        whileWriting("moving.jar", () -> {
            write(folder, "one.jar");
            await().until(() -> seen().contains("one.jar"));
        });
    }

    @Test
    void aListenerThatThrowsIsCalledAgainAndAProblemMeanwhile() throws IOException {
        var stubborn = new Listener() {
            volatile Error failure = new OutOfMemoryError("provoked");

            @Override
            public void changed(FolderListing before, FolderListing now, Set<Path> moving) {
                if (failure != null) {
                    throw failure;
                }
                assertThat(before.files()).isEmpty();
                super.changed(before, now, moving);
            }
        };
        watch = FolderWatch.start(watched(folder), REST, THREAD, stubborn);
        write(folder, "one.jar");
        await().until(() -> stubborn.problems.stream()
                .anyMatch(problem -> problem.kind() == Problem.Kind.WATCH_IMPAIRED
                        && problem.message().contains("provoked")));

        stubborn.failure = null;
        await().until(() -> stubborn.problems.isEmpty());
        assertThat(stubborn.last.files()).hasSize(1);
    }

    @Test
    void aListenerThatIsNotFinishedIsCalledAgain() throws IOException {
        listener.unfinished = true;
        start(folder);

        await().until(() -> listener.calls.get() >= 2);
        listener.unfinished = false;
        write(folder, "one.jar");
        awaitSeen("one.jar");
    }

    @Test
    void withoutAnInstanceOfInotifyTheDirectoryIsLookedAtAndWatchedAsSoonAsThereIsOne() throws IOException {
        var left = new AtomicInteger();
        startWith(() -> {
            if (left.get() == 0) {
                throw new IOException("User limit of inotify instances reached or too many open files");
            }
            return FileSystems.getDefault().newWatchService();
        });
        assertThat(kinds()).containsExactly(Problem.Kind.WATCH_IMPAIRED);
        assertThat(listener.problems.getFirst().hint())
                .contains("sysctl", "fs.inotify.max_user_instances", "fs.inotify.max_user_watches");

        write(folder, "one.jar");
        awaitSeen("one.jar");
        assertThat(kinds()).containsExactly(Problem.Kind.WATCH_IMPAIRED);

        left.set(1);
        await().until(() -> listener.problems.isEmpty());
        write(folder, "two.jar");
        awaitSeen("one.jar", "two.jar");
    }

    /** An instance of inotify that has watches left for the ancestors of the directory, and not for the directory itself. */
    private static final class ShortOfWatches implements PathKeys.ServiceOpener {
        private final Path directory;
        private final AtomicBoolean full = new AtomicBoolean(true);

        ShortOfWatches(Path directory) {
            this.directory = directory;
        }

        @Override
        public WatchService open() throws IOException {
            return FileSystems.getDefault().newWatchService();
        }

        @Override
        public WatchKey register(Path path, WatchService service, WatchEvent.Kind<?>... kinds) throws IOException {
            if (full.get() && path.equals(directory)) {
                throw new IOException("User limit of inotify watches reached");
            }
            return path.register(service, kinds);
        }
    }

    @Test
    void withoutAWatchOfInotifyTheDirectoryIsLookedAtAndWatchedAsSoonAsThereIsOne() throws IOException {
        var inotify = new ShortOfWatches(folder.toRealPath());
        startWith(inotify);
        assertThat(kinds()).containsExactly(Problem.Kind.WATCH_IMPAIRED);
        assertThat(listener.problems.getFirst().message()).contains("User limit of inotify watches reached");
        assertThat(listener.problems.getFirst().hint()).contains("fs.inotify.max_user_watches");

        write(folder, "one.jar");
        awaitSeen("one.jar");
        assertThat(kinds()).containsExactly(Problem.Kind.WATCH_IMPAIRED);

        inotify.full.set(false);
        await().until(() -> listener.problems.isEmpty());
        write(folder, "two.jar");
        awaitSeen("one.jar", "two.jar");
    }

    @Test
    void aServiceThatDiesIsReplaced() throws IOException {
        var services = new CopyOnWriteArrayList<WatchService>();
        startWith(() -> {
            WatchService made = FileSystems.getDefault().newWatchService();
            services.add(made);
            return made;
        });
        services.getFirst().close();

        write(folder, "one.jar");
        awaitSeen("one.jar");
        assertThat(services).hasSize(2);
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsAProblemThatEnds() throws IOException {
        start(folder);
        Files.delete(folder);
        Files.createFile(folder);
        await().until(() -> kinds().equals(List.of(Problem.Kind.DIRECTORY_OUT_OF_REACH)));
        assertThat(listener.problems.getFirst().message()).contains("no directory");

        Files.delete(folder);
        Files.createDirectory(folder);
        await().until(() -> listener.problems.isEmpty());
    }

    @Test
    void manyDirectoriesOfTheSameNameInARow() throws IOException {
        start(folder);
        for (int i = 0; i < 50; i++) {
            Files.move(folder, root.resolve("old" + i));
            Files.createDirectory(folder);
            write(folder, i + ".jar");
        }
        awaitSeen("49.jar");
    }

    @Test
    void closingWithinACallEndsTheWatch() throws Exception {
        var closed = new CountDownLatch(1);
        var closing = new Listener() {
            @Override
            public void changed(FolderListing before, FolderListing now, Set<Path> moving) {
                watch.close();
                watch.close();
                closed.countDown();
            }
        };
        watch = FolderWatch.start(watched(folder), REST, THREAD, closing);
        write(folder, "one.jar");
        assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
    }
}
