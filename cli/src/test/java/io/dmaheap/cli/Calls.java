package io.dmaheap.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.dmaheap.Finding;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Calls the command within this JVM. */
final class Calls {
    private Calls() {}

    /** What a call left behind. */
    record Result(int status, String out, String err) {
        JsonObject json() {
            return JsonParser.parseString(out).getAsJsonObject();
        }
    }

    static Result call(Machine machine, String... args) {
        return call(machine, Screen.NONE, args);
    }

    /** As a person at a terminal of so many columns calls it. */
    static Result at(int columns, Machine machine, String... args) {
        return call(machine, new Screen(false, false, columns, Screen.NONE.glyphs()), args);
    }

    private static Result call(Machine machine, Screen screen, String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Dmaheap.execute(new Invocation(machine, new PrintWriter(out), new PrintWriter(err), screen), args);
        return new Result(status, out.toString(), err.toString());
    }

    /** Calls the command on the emulator, where it finds the plugins on the path. */
    static Result emulated(String... args) {
        var all = new String[args.length + 2];
        all[0] = "--platform";
        all[1] = "emulator";
        System.arraycopy(args, 0, all, 2, args.length);
        return call(Machine.THIS, all);
    }

    static Machine machine(Heaps heaps) {
        return machine(heaps, List.of());
    }

    static Machine machine(Heaps heaps, List<Finding> findings) {
        return new Machine() {
            @Override
            public Heaps open(HeapsOptions options) {
                return heaps;
            }

            @Override
            public List<Finding> diagnose(HeapsOptions options) {
                return findings;
            }
        };
    }
}
