package io.dmaheap.tee;

import io.dmaheap.PublicApi;
import java.util.Objects;

/**
 * As whom a session is opened. The kernel vouches for it: for user and group it gives the application a UUID made from the id
 * (drivers/tee/tee_core.c). OP-TEE's driver refuses the application logins with {@code EINVAL}.
 *
 * @param method what the application is told
 * @param group the group for the methods that name one, else 0
 */
@PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
public record TeeLogin(Method method, int group) {
    /** As nobody in particular. */
    public static final TeeLogin PUBLIC = new TeeLogin(Method.PUBLIC, 0);

    /** As the user that runs this process. */
    public static final TeeLogin USER = new TeeLogin(Method.USER, 0);

    /** As this application. */
    public static final TeeLogin APPLICATION = new TeeLogin(Method.APPLICATION, 0);

    /** As this application, run by this user. */
    public static final TeeLogin USER_APPLICATION = new TeeLogin(Method.USER_APPLICATION, 0);

    /** Checks that the method is there. */
    public TeeLogin {
        Objects.requireNonNull(method, "method");
    }

    /** As a member of the group; {@code EPERM} if the process is none. */
    public static TeeLogin group(int id) {
        return new TeeLogin(Method.GROUP, id);
    }

    /** As this application, run by a member of the group. */
    public static TeeLogin groupApplication(int id) {
        return new TeeLogin(Method.GROUP_APPLICATION, id);
    }

    /** The login methods of GlobalPlatform ({@code TEE_IOCTL_LOGIN_*}, include/uapi/linux/tee.h). */
    @PublicApi(audience = PublicApi.Audience.CALLERS, stability = PublicApi.Stability.EXPERIMENTAL)
    public enum Method {
        /** No identity. */
        PUBLIC(0),
        /** The user. */
        USER(1),
        /** A group. */
        GROUP(2),
        /** The application. */
        APPLICATION(4),
        /** User and application. */
        USER_APPLICATION(5),
        /** Group and application. */
        GROUP_APPLICATION(6);

        private final int number;

        Method(int number) {
            this.number = number;
        }

        /** The number that the kernel and GlobalPlatform know it by. */
        public int number() {
            return number;
        }
    }
}
