package io.dmaheap.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Objects of which one method does something else. */
final class Spoiled {
    private Spoiled() {}

    /**
     * {@code working} as a {@code type}.
     *
     * @param method the name of the method
     * @param instead what it does, given the arguments
     */
    static <T> T by(Class<T> type, T working, String method, Function<Object[], @Nullable Object> instead) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return instead.apply(arguments);
                    }
                    try {
                        return called.invoke(working, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    /** Does nothing at all, but {@code method} answers {@code answer}. */
    static <T> T nothing(Class<T> type, String method, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (_, called, _) -> called.getName().equals(method) ? answer : null));
    }
}
