package io.dmaheap.drivers;

import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Libc;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A C library with one device behind every node: it answers as scripted and knows what is open. */
final class ScriptedDriver implements InvocationHandler {
    /** Answers a call by writing to the argument. */
    interface Answer {
        int to(MemorySegment argument);
    }

    final Set<Integer> open = new TreeSet<>();
    final List<Long> calls = new ArrayList<>();
    private final Map<Long, Answer> answers = new HashMap<>();
    private final Map<Long, Deque<Integer>> failures = new HashMap<>();
    private int nextFd = 100;

    Libc libc() {
        return (Libc) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Libc.class}, this);
    }

    ScriptedDriver answer(long request, Answer answer) {
        answers.put(request, answer);
        return this;
    }

    ScriptedDriver fail(long request, int errno) {
        failures.computeIfAbsent(request, _ -> new ArrayDeque<>()).add(errno);
        return this;
    }

    long count(long request) {
        return calls.stream().filter(call -> call == request).count();
    }

    /** A buffer that can do no more than export a descriptor. */
    DmaBuf buffer() {
        return (DmaBuf) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DmaBuf.class}, (_, method, _) -> {
                    if (!method.getName().equals("exportFd")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    open.add(++nextFd);
                    return new DmaBufFd(nextFd, open::remove);
                });
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "open" -> {
                open.add(++nextFd);
                yield nextFd;
            }
            case "close" -> open.remove((Integer) arguments[0]) ? 0 : -Errno.EBADF;
            case "poll" -> 1;
            case "ioctl" -> ioctl((long) arguments[1], (MemorySegment) arguments[2]);
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    private int ioctl(long request, MemorySegment argument) {
        calls.add(request);
        Deque<Integer> script = failures.getOrDefault(request, new ArrayDeque<>());
        if (!script.isEmpty()) {
            return -script.remove();
        }
        return answers.getOrDefault(request, _ -> 0).to(argument);
    }
}
