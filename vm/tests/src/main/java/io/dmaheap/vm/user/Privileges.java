package io.dmaheap.vm.user;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What a child that root has started gives up. */
public final class Privileges {
    private static final int PR_SET_DUMPABLE = 4;

    private Privileges() {}

    /** Makes this process one of an ordinary user in no further group, which may read its own {@code /proc/self}. */
    public static void drop(int uid) {
        Linker linker = Linker.nativeLinker();
        var lookup = linker.defaultLookup();
        var ofInt = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        try {
            var setgroups = linker.downcallHandle(
                    lookup.findOrThrow("setgroups"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
            require("setgroups", (int) setgroups.invokeExact(0L, MemorySegment.NULL));
            for (String call : new String[] {"setgid", "setuid"}) {
                var set = linker.downcallHandle(lookup.findOrThrow(call), ofInt);
                require(call, (int) set.invokeExact(uid));
            }
            // A process that changed its user belongs to root under /proc until it says that it may be looked at.
            var prctl = linker.downcallHandle(
                    lookup.findOrThrow("prctl"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));
            require("prctl", (int) prctl.invokeExact(PR_SET_DUMPABLE, 1L));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void require(String call, int result) {
        if (result != 0) {
            throw new IllegalStateException(call);
        }
    }
}
