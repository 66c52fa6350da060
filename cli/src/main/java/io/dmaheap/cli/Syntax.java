package io.dmaheap.cli;

import io.dmaheap.cli.output.Near;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options and operands of a command: parses them and explains them. Options are {@code --name VALUE} or {@code --name=VALUE}.
 *
 * <p>Not taken from a library, since start-up counts: building a model from annotations took longer than everything else together.
 */
final class Syntax {
    private final String name;
    private final String summary;
    private final Map<String, Option> options = new LinkedHashMap<>();
    private @Nullable Operand operand;
    private List<String> footer = List.of();

    /** An option; a flag if it has no {@code param}. */
    private record Option(String name, String param, String help, Consumer<String> set) {
        String label() {
            return param.isEmpty() ? name : name + " " + param;
        }
    }

    private record Operand(String param, boolean required, String help, Consumer<String> set) {}

    /** A command of this name, explained in one line. */
    Syntax(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    /** Adds an option without a value. */
    Syntax flag(String option, String help, Runnable set) {
        return option(option, "", help, value -> set.run());
    }

    /** Adds an option with a value; {@code set} may refuse it with an {@link IllegalArgumentException}. */
    Syntax option(String option, String param, String help, Consumer<String> set) {
        options.put(option, new Option(option, param, help, set));
        return this;
    }

    /** Adds the one word that is no option. */
    Syntax operand(String param, boolean required, String help, Consumer<String> set) {
        operand = new Operand(param, required, help, set);
        return this;
    }

    /** Adds lines to the end of the help text. */
    Syntax footer(String... lines) {
        footer = List.of(lines);
        return this;
    }

    /** Understands the options of another syntax as well. */
    Syntax including(Syntax other) {
        options.putAll(other.options);
        return this;
    }

    String summary() {
        return summary;
    }

    /**
     * Parses all arguments.
     *
     * @throws MisuseException if one is not understood
     */
    void parse(List<String> args) {
        List<String> words = parseOptions(args, false);
        if (operand == null ? !words.isEmpty() : words.size() > 1) {
            throw new MisuseException("unexpected argument '" + words.getLast() + "'");
        }
        if (operand != null && !words.isEmpty()) {
            operand.set().accept(words.getFirst());
        } else if (operand != null && operand.required()) {
            throw new MisuseException(operand.param() + " is missing");
        }
    }

    /** Parses the options up to the first other word, and gives back what follows. */
    List<String> parseLeading(List<String> args) {
        return parseOptions(args, true);
    }

    private List<String> parseOptions(List<String> args, boolean leadingOnly) {
        List<String> words = new ArrayList<>();
        boolean onlyWords = false;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (onlyWords || !arg.startsWith("-")) {
                words.add(arg);
                onlyWords |= leadingOnly;
            } else if (arg.equals("--")) {
                onlyWords = true;
            } else {
                i += parseOption(arg, args.subList(i + 1, args.size()));
            }
        }
        return words;
    }

    /** Returns how many of the following arguments belong to the option. */
    private int parseOption(String arg, List<String> following) {
        int equals = arg.indexOf('=');
        Option option = options.get(equals < 0 ? arg : arg.substring(0, equals));
        if (option == null) {
            throw new MisuseException("unknown option '" + arg + "'" + Near.hint(arg, options.keySet()));
        }
        if (option.param().isEmpty()) {
            if (equals >= 0) {
                throw new MisuseException(option.name() + " takes no value");
            }
            option.set().accept("");
            return 0;
        }
        if (equals < 0 && following.isEmpty()) {
            throw new MisuseException(option.name() + " needs a value: " + option.label());
        }
        String value = equals < 0 ? following.getFirst() : arg.substring(equals + 1);
        try {
            option.set().accept(value);
        } catch (IllegalArgumentException e) {
            throw new MisuseException(option.name() + ": " + e.getMessage());
        }
        return equals < 0 ? 1 : 0;
    }

    /** The help text; the common options come after those of the command. */
    String help(Syntax common) {
        var text = new StringBuilder("Usage: ").append(name);
        if (operand != null) {
            text.append(operand.required() ? " " + operand.param() : " [" + operand.param() + "]");
        }
        text.append(" [OPTION]...\n").append(summary).append('\n');
        if (operand != null) {
            text.append('\n').append(line(operand.param(), operand.help()));
        }
        if (!options.isEmpty()) {
            text.append("\nOptions:\n").append(optionLines());
        }
        text.append("\nOptions of every command:\n").append(common.optionLines());
        footer.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /** One line for each option. */
    String optionLines() {
        var text = new StringBuilder();
        options.values().forEach(option -> text.append(line(option.label(), option.help())));
        return text.toString();
    }

    private static String line(String label, String help) {
        return "  " + label + " ".repeat(Math.max(2, 22 - label.length())) + help + "\n";
    }
}
