package io.dmaheap.conformance;

import io.dmaheap.spi.Memory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Function;

/** Memory of which one method does something else. */
final class Spoiled {
    private Spoiled() {}

    static Memory by(Memory working, String method, Function<Object[], Object> instead) {
        return (Memory) Proxy.newProxyInstance(
                Memory.class.getClassLoader(), new Class<?>[] {Memory.class}, (_, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return instead.apply(arguments);
                    }
                    try {
                        return called.invoke(working, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
