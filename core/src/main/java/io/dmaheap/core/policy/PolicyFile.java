package io.dmaheap.core.policy;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads {@code key = value} lines; a line that starts with {@code #} is a comment. Knows nothing of what keys mean. */
final class PolicyFile {
    private static final int MOST_BYTES = 1 << 20;
    /** Some editors begin a UTF-8 file with it. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /**
     * One setting and where it stands.
     *
     * @param key left of the equals sign
     * @param value right of it
     * @param place file and line, for messages
     */
    record Setting(String key, String value, String place) {
        HeapException wrong(String what, String hint) {
            return HeapException.of(ErrorCode.INVALID_CONFIGURATION, place + ": " + what)
                    .hint(hint)
                    .build();
        }
    }

    private PolicyFile() {}

    static List<Setting> builtin() {
        var resource = Objects.requireNonNull(PolicyFile.class.getResourceAsStream("builtin.policy"));
        try (var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return parse(reader.lines().toList(), "builtin.policy");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Setting> read(Path file) {
        try {
            return parse(text(file).lines().toList(), file.toString());
        } catch (CharacterCodingException e) {
            throw unreadable(file, "it is no text", e)
                    .hint("It is not UTF-8 text")
                    .build();
        } catch (NoSuchFileException e) {
            throw unreadable(file, "there is none", e).errno("ENOENT").build();
        } catch (AccessDeniedException e) {
            throw unreadable(file, "this user may not read it", e)
                    .errno("EACCES")
                    .build();
        } catch (IOException e) {
            throw Files.isDirectory(file)
                    ? unreadable(file, "it is a directory", e).errno("EISDIR").build()
                    : unreadable(file, String.valueOf(e.getMessage()), e).build();
        }
    }

    /** Not by its size, which a pipe does not have; and not to the end, which a device may not have. */
    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException("it has more than " + MOST_BYTES + " bytes");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
        }
    }

    private static HeapException.Builder unreadable(Path file, String why, IOException e) {
        return HeapException.of(ErrorCode.INVALID_CONFIGURATION, "cannot read the policy file " + file + ": " + why)
                .hint("Check the path, or leave the policy out")
                .cause(e);
    }

    private static List<Setting> parse(List<String> lines, String name) {
        var settings = new ArrayList<Setting>();
        Map<String, String> places = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            String place = name + ":" + (i + 1);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals <= 0) {
                throw new Setting(line, "", place)
                        .wrong("not a setting: " + line, "Write key = value, or # before a comment");
            }
            var setting = new Setting(
                    line.substring(0, equals).strip(),
                    line.substring(equals + 1).strip(),
                    place);
            String earlier = places.putIfAbsent(setting.key(), place);
            if (earlier != null) {
                throw setting.wrong(setting.key() + " was set before at " + earlier, "Keep one of the two");
            }
            settings.add(setting);
        }
        return settings;
    }
}
