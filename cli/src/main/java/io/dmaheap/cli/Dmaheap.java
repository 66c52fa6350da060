package io.dmaheap.cli;

import io.dmaheap.cli.output.Near;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** The whole command: finds the subcommand, parses, runs, complains. */
final class Dmaheap {
    private static final String FOOTER = """

            First steps:
              dmaheap list                                    which heaps are here
              dmaheap doctor                                  what is missing, and how to mend it
              dmaheap alloc --size 8M --heap auto --explain   one buffer, step by step
              dmaheap play decode-1080p                       ten seconds of a video decoder

            `dmaheap COMMAND --help` explains a command.
            Exit status: 0 all is well, 1 a problem was found, 2 wrong call or cannot work here.
            """;

    private final Invocation invocation;
    private final Map<String, Supplier<Command>> commands = new LinkedHashMap<>();

    Dmaheap(Invocation invocation) {
        this.invocation = invocation;
        commands.put("list", () -> new ListCommand(invocation));
        commands.put("show", () -> new ShowCommand(invocation));
        commands.put("alloc", () -> new AllocCommand(invocation));
        commands.put("play", () -> new PlayCommand(invocation));
        commands.put("dump", () -> new DumpCommand(invocation));
        commands.put("doctor", () -> new DoctorCommand(invocation));
        commands.put("plugin list", () -> new PluginListCommand(invocation));
        commands.put("share", () -> new ShareCommand(invocation));
    }

    /** Runs the command line; never throws. Returns the exit status. */
    int execute(String... args) {
        var complaints = new Complaints(invocation);
        String help = "dmaheap --help";
        try {
            List<String> rest = invocation.syntax().parseLeading(List.of(args));
            if (rest.isEmpty()) {
                return withoutCommand();
            }
            String name = commandName(rest);
            help = "dmaheap " + name + " --help";
            return run(command(name), rest.subList(name.split(" ").length, rest.size()));
        } catch (MisuseException e) {
            return complaints.misused(e, help);
        } catch (Exception e) {
            return complaints.failed(e);
        }
    }

    private int withoutCommand() {
        if (invocation.versionWanted()) {
            invocation.out().println(Version.text());
            return ExitStatus.OK;
        }
        if (invocation.helpWanted()) {
            invocation.out().print(help());
            return ExitStatus.OK;
        }
        invocation.err().print(help());
        return ExitStatus.CANNOT_WORK;
    }

    private String commandName(List<String> words) {
        String one = words.getFirst();
        String two = words.size() < 2 ? one : one + " " + words.get(1);
        String name = commands.containsKey(two) ? two : one;
        if (!commands.containsKey(name)) {
            throw new MisuseException("unknown command '" + name + "'" + Near.hint(name, commands.keySet()));
        }
        return name;
    }

    private Command command(String name) {
        return Objects.requireNonNull(commands.get(name)).get();
    }

    private int run(Command command, List<String> args) throws InterruptedException {
        Syntax syntax = command.syntax();
        Syntax common = invocation.syntax();
        if (args.contains("--help") || args.contains("-h")) {
            invocation.out().print(syntax.help(common));
            return ExitStatus.OK;
        }
        syntax.including(common).parse(args);
        return command.run();
    }

    private String help() {
        var text = new StringBuilder("Usage: dmaheap COMMAND [OPTION]...\n");
        text.append(
                "DMA-BUF heaps: see them, allocate from them, play video and camera workloads on them.\n\nCommands:\n");
        commands.forEach((name, command) -> text.append("  ")
                .append(name)
                .append(" ".repeat(13 - name.length()))
                .append(command.get().syntax().summary())
                .append('\n'));
        return text.append("\nOptions:\n")
                .append(invocation.syntax().optionLines())
                .append(FOOTER)
                .toString();
    }
}
