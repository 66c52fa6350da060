package io.dmaheap.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.TreeMap;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What the descriptions of the commands give apart from their help: manual pages and the completion of a shell. */
final class Manual {
    private static final String EXAMPLES = "Examples";

    private final StringBuilder page = new StringBuilder();

    private Manual() {}

    /** For bash, and for zsh with its bashcompinit, which the script loads. */
    static String completion(Invocation invocation) {
        return AutoComplete.bash("dmaheap", Dmaheap.withAllCommands(invocation));
    }

    /** A page in the macros of man(7) for each command, by its name: {@code dmaheap-plugin-list}. */
    static SequencedMap<String, String> pages(Invocation invocation) {
        var pages = new TreeMap<String, String>();
        add(Dmaheap.withAllCommands(invocation), pages);
        return pages;
    }

    private static void add(CommandLine command, TreeMap<String, String> pages) {
        pages.put(name(command), new Manual().of(command));
        command.getSubcommands().values().forEach(sub -> add(sub, pages));
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    private String of(CommandLine command) {
        var spec = command.getCommandSpec();
        UsageMessageSpec usage = spec.usageMessage();
        macro("TH \"" + roff(name(command).toUpperCase(Locale.ROOT)) + "\" 1 \"\" \"dmaheap\" \"dmaheap\"");
        section("NAME");
        text(name(command) + " - " + first(usage.description()));
        section("SYNOPSIS");
        text(new Help(spec, Help.defaultColorScheme(Ansi.OFF)).synopsis(0).strip());
        section("DESCRIPTION");
        text(String.join(" ", usage.description()));
        section("OPTIONS");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            item("\\fI" + roff(parameter.paramLabel()) + "\\fR", parameter.description());
        }
        spec.options().stream()
                .filter(option -> !option.hidden())
                .forEach(option -> item(option(option), option.description()));
        if (!command.getSubcommands().isEmpty()) {
            section("COMMANDS");
            command.getSubcommands()
                    .forEach((name, sub) -> item(
                            "\\fB" + roff(name) + "\\fR",
                            sub.getCommandSpec().usageMessage().description()));
        }
        footer(usage.footer());
        section("SEE ALSO");
        text(command.getParent() == null ? "docs/command.md of dmaheap" : name(command.getParent()) + "(1)");
        return page.toString();
    }

    private static String option(OptionSpec option) {
        String names = Arrays.stream(option.names())
                .map(name -> "\\fB" + roff(name) + "\\fR")
                .reduce((one, other) -> one + ", " + other)
                .orElseThrow();
        if (option.arity().max() == 0) {
            return names;
        }
        String value = "=\\fI" + roff(option.paramLabel()) + "\\fR";
        return names + (option.arity().min() == 0 ? "[" + value + "]" : value);
    }

    /** Lines as they are, but the examples in a section of their own. */
    private void footer(String[] lines) {
        boolean begun = false;
        for (String line : lines) {
            if (line.isBlank()) {
                continue;
            }
            if (line.startsWith(EXAMPLES)) {
                end(begun);
                section("EXAMPLES");
                macro("nf");
                begun = true;
            } else if (!begun) {
                section("NOTES");
                macro("nf");
                begun = true;
            }
            if (!line.equals(EXAMPLES + ":")) {
                text(line);
            }
        }
        end(begun);
    }

    private void end(boolean begun) {
        if (begun) {
            macro("fi");
        }
    }

    private void item(String term, String[] description) {
        macro("TP");
        page.append(term).append('\n');
        text(String.join(" ", description));
    }

    private void section(String name) {
        macro("SH " + name);
    }

    private void macro(String text) {
        page.append('.').append(text).append('\n');
    }

    private void text(String text) {
        page.append(roff(text)).append('\n');
    }

    private static String first(String[] description) {
        return description.length == 0 ? "" : description[0];
    }

    /** The text with what means something to roff escaped; one that begins with a dot is no macro. */
    private static String roff(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
