package io.dmaheap;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says who may use a public type, and in which way. Every public type of this module carries it. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@PublicApi(audience = PublicApi.Audience.CALLERS)
public @interface PublicApi {
    /** Whose type this is. */
    Audience audience();

    /** How far it may still change; stable unless said otherwise. */
    Stability stability() default Stability.STABLE;

    /** The version of the API that brought the type. */
    String since() default "0.1";

    /** Who writes code against a type. */
    @PublicApi(audience = Audience.CALLERS)
    enum Audience {
        /** Anyone may call it; only the framework implements it, so it may gain abstract methods. */
        CALLERS,
        /** Plugins implement it; it may gain default methods only. */
        PLUGINS,
        /** Platforms implement it and plugins call it; it may gain default methods only. */
        PLATFORMS,
        /** The framework core implements it; neither callers nor plugins touch it. */
        FRAMEWORK
    }

    /** What a later version may do to a type. */
    @PublicApi(audience = Audience.CALLERS)
    enum Stability {
        /** Source and binary compatible for ever. */
        STABLE,
        /** May change in any minor version. */
        EXPERIMENTAL
    }
}
