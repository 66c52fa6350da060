package io.dmaheap.testkit.rules;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.security.Provider;
import java.security.Security;
import java.util.Locale;
import java.util.TimeZone;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Assertions;

/** Code that a plugin must not contain, one sin each. */
final class Offenders {
    private Offenders() {}

    static class UsesAnotherLibrary {
        void sin() {
            Assertions.fail("a library that is not there where the plugin runs");
        }
    }

    static class StartsThread {
        Thread sin() {
            return new Thread(() -> {});
        }
    }

    static class ExtendsThread extends Thread {}

    static class StartsVirtualThread {
        void sin() {
            Thread.ofVirtual().start(() -> {});
        }
    }

    static class UsesExecutors {
        Object sin() {
            return Executors.newCachedThreadPool();
        }
    }

    static class UsesForkJoinPool {
        Object sin() {
            return new ForkJoinPool(1);
        }
    }

    static class UsesTimer {
        Object sin() {
            return new Timer();
        }
    }

    static class Prints {
        void sin() {
            System.out.println("hello");
        }
    }

    static class LinksNatively {
        Object sin() {
            return Linker.nativeLinker();
        }
    }

    static class LooksUpSymbols {
        Object sin() {
            return SymbolLookup.loaderLookup();
        }
    }

    static class LoadsLibrary {
        void sin() {
            System.loadLibrary("vendor");
        }
    }

    static class HasNativeMethod {
        native void sin();
    }

    public static class PublicHelper {}

    static class Finalizes {
        @Override
        @SuppressWarnings({"deprecation", "removal"})
        protected void finalize() {}
    }

    static class ThrowsGenericException {
        void sin() {
            throw new RuntimeException("which?");
        }
    }

    static class AddsShutdownHook {
        void sin(Thread hook) {
            Runtime.getRuntime().addShutdownHook(hook);
        }
    }

    static class Exits {
        void sin() {
            System.exit(1);
        }
    }

    static class ReplacesOut {
        void sin() {
            System.setOut(System.out);
        }
    }

    static class SetsLocale {
        void sin() {
            Locale.setDefault(Locale.ROOT);
        }
    }

    static class SetsTimeZone {
        void sin() {
            TimeZone.setDefault(null);
        }
    }

    static class SetsProperty {
        void sin() {
            System.setProperty("vendor", "here");
        }
    }

    static class StartsProcess {
        void sin() throws IOException {
            new ProcessBuilder("true").start();
        }
    }

    static class RenamesThread {
        void sin() {
            Thread.currentThread().setName("vendor");
        }
    }

    static class AddsSecurityProvider {
        void sin(Provider provider) {
            Security.addProvider(provider);
        }
    }
}
