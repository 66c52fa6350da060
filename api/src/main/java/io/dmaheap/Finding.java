package io.dmaheap;

import java.util.Objects;

/**
 * One line of a diagnosis.
 *
 * @param status how it is
 * @param subject what was examined
 * @param detail what was seen
 * @param fix what to do, exactly; empty where nothing can be done. For an {@link Status#INFO} what to do if one wants it
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public record Finding(Status status, String subject, String detail, String fix) {

    /** Checks that all parts are there. */
    public Finding {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(fix, "fix");
    }

    /** Works. */
    public static Finding ok(String subject, String detail) {
        return new Finding(Status.OK, subject, detail, "");
    }

    /** Is limited or absent, as it is on many machines, and nothing has to be done. */
    public static Finding info(String subject, String detail, String fix) {
        return new Finding(Status.INFO, subject, detail, fix);
    }

    /** Works with a limit that somebody will want to know of. */
    public static Finding warn(String subject, String detail, String fix) {
        return new Finding(Status.WARN, subject, detail, fix);
    }

    /** Does not work. */
    public static Finding fail(String subject, String detail, String fix) {
        return new Finding(Status.FAIL, subject, detail, fix);
    }

    /** How it is. */
    @PublicApi(audience = PublicApi.Audience.CALLERS)
    public enum Status {
        /** Works. */
        OK,
        /** Is limited or absent, as it is on many machines, and nothing has to be done. */
        INFO,
        /** Works with a limit that somebody will want to know of. */
        WARN,
        /** Does not work. */
        FAIL
    }
}
