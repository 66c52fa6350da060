package io.dmaheap.tee;

import io.dmaheap.PublicApi;
import java.util.List;

/**
 * A result of the GlobalPlatform TEE APIs. Applications have results of their own, so any number may come.
 *
 * @param code the number
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record TeeResult(int code) {
    /** It worked. */
    public static final TeeResult SUCCESS = new TeeResult(0);
    /** No more is said. */
    public static final TeeResult GENERIC = new TeeResult(0xFFFF0000);
    /** The caller may not do this. */
    public static final TeeResult ACCESS_DENIED = new TeeResult(0xFFFF0001);
    /** It was stopped on request. */
    public static final TeeResult CANCEL = new TeeResult(0xFFFF0002);
    /** Somebody else is using it in a way that excludes this. */
    public static final TeeResult ACCESS_CONFLICT = new TeeResult(0xFFFF0003);
    /** Too much data. */
    public static final TeeResult EXCESS_DATA = new TeeResult(0xFFFF0004);
    /** The data is malformed. */
    public static final TeeResult BAD_FORMAT = new TeeResult(0xFFFF0005);
    /** The parameters are not those of the command. */
    public static final TeeResult BAD_PARAMETERS = new TeeResult(0xFFFF0006);
    /** Not in this state. */
    public static final TeeResult BAD_STATE = new TeeResult(0xFFFF0007);
    /** There is no such application or object. */
    public static final TeeResult ITEM_NOT_FOUND = new TeeResult(0xFFFF0008);
    /** It is not made yet. */
    public static final TeeResult NOT_IMPLEMENTED = new TeeResult(0xFFFF0009);
    /** It is not offered. */
    public static final TeeResult NOT_SUPPORTED = new TeeResult(0xFFFF000A);
    /** Data is missing. */
    public static final TeeResult NO_DATA = new TeeResult(0xFFFF000B);
    /** No memory left. */
    public static final TeeResult OUT_OF_MEMORY = new TeeResult(0xFFFF000C);
    /** Busy; try again. */
    public static final TeeResult BUSY = new TeeResult(0xFFFF000D);
    /** The other side could not be reached. */
    public static final TeeResult COMMUNICATION = new TeeResult(0xFFFF000E);
    /** A signature or another check of security failed. */
    public static final TeeResult SECURITY = new TeeResult(0xFFFF000F);
    /** The output does not fit; the reply tells the size that would do. */
    public static final TeeResult SHORT_BUFFER = new TeeResult(0xFFFF0010);
    /** The application panicked, or the TEE is gone. */
    public static final TeeResult TARGET_DEAD = new TeeResult(0xFFFF3024);

    private static final List<String> NAMES = List.of(
            "GENERIC",
            "ACCESS_DENIED",
            "CANCEL",
            "ACCESS_CONFLICT",
            "EXCESS_DATA",
            "BAD_FORMAT",
            "BAD_PARAMETERS",
            "BAD_STATE",
            "ITEM_NOT_FOUND",
            "NOT_IMPLEMENTED",
            "NOT_SUPPORTED",
            "NO_DATA",
            "OUT_OF_MEMORY",
            "BUSY",
            "COMMUNICATION",
            "SECURITY",
            "SHORT_BUFFER");

    /** The name in GlobalPlatform's words without their prefix, such as {@code SHORT_BUFFER}; the number in hex if it has none. */
    public String name() {
        if (code == 0) {
            return "SUCCESS";
        }
        int index = code - GENERIC.code;
        if (index >= 0 && index < NAMES.size()) {
            return NAMES.get(index);
        }
        return code == TARGET_DEAD.code ? "TARGET_DEAD" : hex();
    }

    String hint() {
        if (equals(ITEM_NOT_FOUND)) {
            return "No application has that UUID: `ls /lib/optee_armtz` shows those that tee-supplicant loads";
        }
        if (equals(SECURITY)) {
            return "The application's signature is not by the key that this TEE was built with";
        }
        if (equals(BAD_PARAMETERS)) {
            return "The TEE checked the parameters before the application saw them: protected memory goes only to an application with"
                    + " TA_FLAG_SECURE_DATA_PATH";
        }
        if (equals(TARGET_DEAD)) {
            return "The application panicked: close the session and open another; the log of the TEE has the reason";
        }
        return "The log of the TEE, often on a serial port of its own, says more";
    }

    private String hex() {
        return String.format("0x%08x", code);
    }

    @Override
    public String toString() {
        String name = name();
        return name.startsWith("0x") ? name : name + " (" + hex() + ")";
    }
}
