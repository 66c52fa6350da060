package io.dmaheap.emulator.secure;

import io.dmaheap.tee.TeeResult;
import java.util.UUID;

/**
 * A trusted application, after the GlobalPlatform TEE Internal Core API: {@code TA_OpenSessionEntryPoint} and its companions as
 * methods. Sessions are used by one thread at a time, several sessions at once.
 */
public interface TrustedApplication {

    /** Its name. */
    UUID uuid();

    /**
     * Whether it was made for protected memory ({@code TA_FLAG_SECURE_DATA_PATH}). The TEE passes protected memory to no other, and
     * answers {@link TeeResult#BAD_PARAMETERS} itself.
     */
    boolean isForSecureData();

    /**
     * Whether all sessions share what it remembers ({@code TA_FLAG_SINGLE_INSTANCE}). If it panics, all of them are dead then, and the
     * next one is with an application that remembers nothing; else its session alone is dead.
     */
    default boolean isSingleInstance() {
        return false;
    }

    /** Opens a session. */
    Opened open(TaParameters parameters);

    /**
     * What came of opening.
     *
     * @param result success, or why there is no session
     * @param session of no use unless the result is success
     */
    record Opened(TeeResult result, Session session) {
        /** A session. */
        public static Opened with(Session session) {
            return new Opened(TeeResult.SUCCESS, session);
        }

        /** No session. */
        public static Opened refused(TeeResult result) {
            return new Opened(result, (command, parameters) -> TeeResult.BAD_STATE);
        }
    }

    /** A session. */
    @FunctionalInterface
    interface Session {

        /** Runs a command. What it throws kills the application: the caller gets {@link TeeResult#TARGET_DEAD}. */
        TeeResult invoke(int command, TaParameters parameters);

        /** The session ends. */
        default void close() {}
    }
}
