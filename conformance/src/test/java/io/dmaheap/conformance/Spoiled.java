package io.dmaheap.conformance;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An object of which one method does something else. */
final class Spoiled implements InvocationHandler {
    private final Object working;
    private final String method;
    private final Function<Object[], @Nullable Object> instead;

    private Spoiled(Object working, String method, Function<Object[], @Nullable Object> instead) {
        this.working = working;
        this.method = method;
        this.instead = instead;
    }

    /**
     * {@code working} as a {@code type}.
     *
     * @param method the name of the method
     * @param instead what it does, given the arguments
     */
    static <T> T by(Class<T> type, T working, String method, Function<Object[], @Nullable Object> instead) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new Spoiled(working, method, instead)));
    }

    /** What works, under all that was spoiled. */
    static @Nullable Object unspoiled(@Nullable Object object) {
        return object != null
                        && Proxy.isProxyClass(object.getClass())
                        && Proxy.getInvocationHandler(object) instanceof Spoiled spoiled
                ? unspoiled(spoiled.working)
                : object;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method called, Object[] arguments) throws Throwable {
        if (called.getName().equals(method)) {
            return instead.apply(arguments);
        }
        try {
            return called.invoke(working, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
