package io.dmaheap.emulator.secure;

import io.dmaheap.tee.TeeResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * What a test does to the secure world of an emulated board. Takes effect at once, on boards that run already as well, but for
 * {@link #install}. Safe for use by several threads.
 *
 * {@snippet :
 * var board = Emulator.standard();
 * board.secureWorld().interpose(APPLICATION, (command, parameters, behind) -> {
 *     goOn.await();                                                  // a slow answer, as slow as the test likes
 *     return command == FREE ? TeeResult.BAD_STATE : behind.invoke(command, parameters);
 * });
 * board.secureWorld().kill();                                        // and no answer at all
 * }
 */
public final class SecureWorld {
    private static final System.Logger LOGGER = System.getLogger("io.dmaheap.emulator");

    private final List<Supplier<TrustedApplication>> installed = new CopyOnWriteArrayList<>();
    private final Map<UUID, Interposer> interposers = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean present = true;
    private volatile boolean dead;
    private volatile int subRegions;

    /** Present and alive, with the applications that every board has. */
    public SecureWorld() {}

    /** Stands between callers and an application. */
    @FunctionalInterface
    public interface Interposer {
        /** Answers a command, or lets the session behind do it. */
        TeeResult invoke(int command, TaParameters parameters, TrustedApplication.Session behind);
    }

    /** Boards that are opened from now on have this application as well, each one of its own; {@code maker} is asked again if it panics. */
    public void install(Supplier<TrustedApplication> maker) {
        installed.add(maker);
    }

    /** Lets {@code what} answer the commands of an application, until {@link #withdraw}. What it throws is a panic of the application. */
    public void interpose(UUID application, Interposer what) {
        interposers.put(application, what);
    }

    /** Lets the application answer for itself again. */
    public void withdraw(UUID application) {
        interposers.remove(application);
    }

    /** Whether there is a TEE: a driver may find its firmware late. Connections that exist stay. */
    public void setPresent(boolean now) {
        present = now;
        if (now) {
            tellListeners();
        }
    }

    /**
     * The TEE answers nothing any more: {@link TeeResult#TARGET_DEAD} to sessions, {@link TeeResult#COMMUNICATION} to new ones and to
     * its driver. What it was doing is done, and the answer lost; what it protects stays protected.
     */
    public void kill() {
        dead = true;
    }

    /** The TEE answers again and remembers everything, as one does that was only stopped. */
    public void revive() {
        dead = false;
        tellListeners();
    }

    private void tellListeners() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException | Error e) {
                LOGGER.log(System.Logger.Level.WARNING, "a listener for the TEE failed; the others are called", e);
            }
        }
    }

    /**
     * Lets the firmware of MediaTek's memory say that it protects a region in so many parts, each by itself.
     *
     * @param count 0 for a firmware that does not know the question and protects whole regions
     */
    public void setSubRegions(int count) {
        subRegions = count;
    }

    /** For the board: who makes the applications to install. */
    public List<Supplier<TrustedApplication>> installed() {
        return List.copyOf(installed);
    }

    /** For the board: who stands before an application. */
    public Optional<Interposer> interposer(UUID application) {
        return Optional.ofNullable(interposers.get(application));
    }

    /** For the board: whether there is a TEE. */
    public boolean isPresent() {
        return present;
    }

    /** For the board: whether the TEE answers nothing. */
    public boolean isDead() {
        return dead;
    }

    /** For the board: {@code answers} is called when a TEE comes or answers again, on the thread that makes it. */
    public void listen(Runnable answers) {
        listeners.add(answers);
    }

    /** For the board: ends {@link #listen}. */
    public void ignore(Runnable answers) {
        listeners.remove(answers);
    }

    /** For the board: in how many parts the firmware protects a region, 0 if it does not say. */
    public int subRegions() {
        return subRegions;
    }
}
