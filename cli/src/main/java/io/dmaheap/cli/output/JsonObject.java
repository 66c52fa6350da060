package io.dmaheap.cli.output;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose fields stand in the order in which they were added. Every field of the documented schema is named here by
 * hand, so that renaming a Java field can never change what programs read.
 */
public final class JsonObject {
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

    /**
     * Adds a field.
     *
     * @param value a string, number, boolean, object, collection of such, or an optional of such, which becomes null when empty; an
     *     enum becomes its name in lower case, and anything else its text
     */
    public JsonObject with(String name, Object value) {
        fields.put(name, unwrap(value));
        return this;
    }

    private static @Nullable Object unwrap(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.orElse(null);
            case OptionalLong optional -> optional.isPresent() ? optional.getAsLong() : null;
            case OptionalInt optional -> optional.isPresent() ? optional.getAsInt() : null;
            default -> value;
        };
    }

    /** The object on several indented lines, with a line break at the end. */
    public String text() {
        return text("  ") + "\n";
    }

    /** The object on one line, without a line break. */
    public String line() {
        return text("");
    }

    private String text(String indent) {
        var text = new StringWriter();
        writeTo(text, indent);
        return text.toString();
    }

    private void writeTo(Writer target, String indent) {
        try (var writer = new JsonWriter(target)) {
            writer.setIndent(indent);
            write(writer, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(JsonWriter writer, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> writer.nullValue();
            case JsonObject object -> {
                writer.beginObject();
                for (var field : object.fields.entrySet()) {
                    writer.name(field.getKey());
                    write(writer, field.getValue());
                }
                writer.endObject();
            }
            case Collection<?> elements -> {
                writer.beginArray();
                for (Object element : elements) {
                    write(writer, element);
                }
                writer.endArray();
            }
            case Number number -> writer.value(number);
            case Boolean bool -> writer.value(bool);
            case Enum<?> constant ->
                writer.value(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            default -> writer.value(value.toString());
        }
    }
}
