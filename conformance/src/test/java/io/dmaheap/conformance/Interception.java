package io.dmaheap.conformance;

import io.dmaheap.Attachment;
import io.dmaheap.BufferListener;
import io.dmaheap.BufferSocket;
import io.dmaheap.CpuAccess;
import io.dmaheap.Device;
import io.dmaheap.DeviceMapping;
import io.dmaheap.DmaBuf;
import io.dmaheap.Fence;
import io.dmaheap.Heap;
import io.dmaheap.Heaps;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeMemory;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Objects of the API whose calls pass through a {@link Flaw}, and those of all objects that they hand out. */
final class Interception implements InvocationHandler {
    private static final List<Class<?>> TYPES = List.of(
            Heaps.class,
            Heap.class,
            DmaBuf.class,
            CpuAccess.class,
            Fence.class,
            Device.class,
            Attachment.class,
            DeviceMapping.class,
            BufferListener.class,
            BufferSocket.class,
            Tee.class,
            TeeMemory.class);

    private final Object working;
    private final Class<?> type;
    private final Flaw flaw;

    /** What is done instead of a call. */
    @FunctionalInterface
    interface Flaw {
        @Nullable
        Object call(Call call) throws Throwable;
    }

    /**
     * A call.
     *
     * @param working what would carry it out
     * @param self what was called
     * @param type the interface of both
     * @param arguments those of the caller
     */
    record Call(Object working, Object self, Class<?> type, Method method, Object[] arguments) {
        boolean is(Class<?> owner, String name) {
            return type == owner && method.getName().equals(name);
        }

        /** Carries it out. */
        @Nullable
        Object proceed() throws Throwable {
            return proceedWith(arguments);
        }

        @Nullable
        Object proceedWith(Object... others) throws Throwable {
            Object[] real = new Object[others.length];
            for (int i = 0; i < others.length; i++) {
                real[i] = real(others[i]);
            }
            try {
                return method.invoke(working, real);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    private Interception(Object working, Class<?> type, Flaw flaw) {
        this.working = working;
        this.type = type;
        this.flaw = flaw;
    }

    static <T> T of(Class<T> type, T working, Flaw flaw) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new Interception(working, type, flaw)));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object[] given = arguments == null ? new Object[0] : arguments;
        return intercepted(flaw.call(new Call(working, proxy, type, method, given)));
    }

    private @Nullable Object intercepted(@Nullable Object result) {
        return switch (result) {
            case Optional<?> some -> some.map(this::intercepted);
            case List<?> many
            when !many.isEmpty() -> many.stream().map(this::intercepted).toList();
            case BufferSocket.Message message ->
                new BufferSocket.Message(
                        message.text(),
                        message.buffers().stream()
                                .map(buffer -> (DmaBuf) intercepted(buffer))
                                .toList());
            case null -> null;
            default -> proxyOf(result);
        };
    }

    private Object proxyOf(Object result) {
        if (!Proxy.isProxyClass(result.getClass())) {
            for (Class<?> each : TYPES) {
                if (each.isInstance(result)) {
                    return Proxy.newProxyInstance(
                            each.getClassLoader(), new Class<?>[] {each}, new Interception(result, each, flaw));
                }
            }
        }
        return result;
    }

    private static @Nullable Object real(@Nullable Object argument) {
        if (argument instanceof Object[] many) {
            Object[] real = (Object[]) Array.newInstance(many.getClass().getComponentType(), many.length);
            for (int i = 0; i < many.length; i++) {
                real[i] = real(many[i]);
            }
            return real;
        }
        return argument != null
                        && Proxy.isProxyClass(argument.getClass())
                        && Proxy.getInvocationHandler(argument) instanceof Interception interception
                ? interception.working
                : argument;
    }
}
