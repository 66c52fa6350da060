package io.dmaheap;

import java.util.Objects;

/**
 * One line of a diagnosis.
 *
 * @param status how it is
 * @param subject what was examined
 * @param detail what was seen
 * @param fix what to do, exactly; empty where nothing needs doing
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

    /** Works with a limit, or is absent without harm. */
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
        /** Works with a limit, or is absent without harm. */
        WARN,
        /** Does not work. */
        FAIL
    }
}
