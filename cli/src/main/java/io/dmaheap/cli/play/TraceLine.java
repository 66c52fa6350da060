package io.dmaheap.cli.play;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.dmaheap.cli.output.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One event as one line of JSON: {@code {"t":33000,"op":"use","id":"frame-3"}}. */
final class TraceLine {
    private TraceLine() {}

    /** What is wrong with a line. */
    static final class BadLineException extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** Whatever the line's own words contain, the message stays on one line. */
        BadLineException(String message) {
            super(message.replaceAll("\\p{Cntrl}", "?"));
        }
    }

    static String of(Event event) {
        var line = new JsonObject().with("t", event.micros());
        switch (event) {
            case Event.Allocate allocate -> {
                line.with("op", "alloc").with("id", allocate.id()).with("size", allocate.size());
                allocate.heap().ifPresent(heap -> line.with("heap", heap));
                allocate.client().ifPresent(client -> line.with("client", client));
            }
            case Event.Use use -> line.with("op", "use").with("id", use.id());
            case Event.Free free -> line.with("op", "free").with("id", free.id());
            case Event.Crash crash -> line.with("op", "crash").with("client", crash.client());
        }
        return line.line();
    }

    /** @throws BadLineException if the line is no event */
    static Event parse(String line) {
        Map<String, String> fields = fields(line);
        String op = take(fields, "op");
        long micros = number(fields, "t", 0);
        Event event = switch (op) {
            case "alloc" ->
                new Event.Allocate(
                        micros,
                        take(fields, "id"),
                        number(fields, "size", 1),
                        Optional.ofNullable(fields.remove("heap")),
                        Optional.ofNullable(fields.remove("client")));
            case "use" -> new Event.Use(micros, take(fields, "id"));
            case "free" -> new Event.Free(micros, take(fields, "id"));
            case "crash" -> new Event.Crash(micros, take(fields, "client"));
            default -> throw new BadLineException("unknown op '" + op + "': there is alloc, use, free, crash");
        };
        if (!fields.isEmpty()) {
            throw new BadLineException(
                    "unknown field '" + fields.keySet().iterator().next() + "' for op " + op);
        }
        return event;
    }

    private static String take(Map<String, String> fields, String name) {
        String value = fields.remove(name);
        if (value == null) {
            throw new BadLineException("the field '" + name + "' is missing");
        }
        return value;
    }

    private static long number(Map<String, String> fields, String name, long least) {
        String text = take(fields, name);
        try {
            long value = Long.parseLong(text);
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, with the bounds
        }
        throw new BadLineException("'" + name + "' must be a whole number of at least " + least + ", not " + text);
    }

    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new HashMap<>();
        try (var reader = new JsonReader(new StringReader(line))) {
            reader.setStrictness(Strictness.STRICT);
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                JsonToken kind = reader.peek();
                if (kind != JsonToken.STRING && kind != JsonToken.NUMBER) {
                    throw new BadLineException("'" + name + "' must be a string or a number");
                }
                if (fields.put(name, reader.nextString()) != null) {
                    throw new BadLineException("'" + name + "' is there twice");
                }
            }
            reader.endObject();
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new BadLineException("something follows the object");
            }
        } catch (IOException | IllegalStateException e) {
            throw new BadLineException("this is no JSON object on one line");
        }
        return fields;
    }
}
