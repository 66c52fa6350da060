package io.dmaheap.linux.proc;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * As whom this process acts, by {@code /proc/self/status}.
 *
 * @param uid the effective user id
 * @param groups the effective group id and the supplementary ones, with names where {@code /etc/group} knows them
 */
public record ProcessIdentity(long uid, List<String> groups) {

    /** Reads the files below {@code root}, which is {@code /} but in tests. */
    public static ProcessIdentity read(Path root) {
        Path status = root.resolve("proc/self/status");
        Map<String, String> names = ProcFile.text(root.resolve("etc/group")).stream()
                .flatMap(String::lines)
                .map(line -> line.split(":", -1))
                .filter(columns -> columns.length > 2)
                .collect(Collectors.toMap(columns -> columns[2], columns -> columns[0], (first, _) -> first));
        String effectiveGroup = column(status, "Gid", 1);
        List<String> groups = Stream.concat(Stream.of(effectiveGroup), columns(status, "Groups").stream())
                .filter(gid -> !gid.isEmpty())
                .distinct()
                .map(gid -> names.containsKey(gid) ? names.get(gid) : gid)
                .toList();
        return new ProcessIdentity(ProcFile.parse(column(status, "Uid", 1)).orElse(-1), groups);
    }

    private static String column(Path status, String key, int index) {
        List<String> columns = columns(status, key);
        return index < columns.size() ? columns.get(index) : "";
    }

    private static List<String> columns(Path status, String key) {
        return ProcFile.text(status).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(key + ":"))
                .flatMap(line ->
                        Arrays.stream(line.substring(key.length() + 1).strip().split("\\s+")))
                .toList();
    }

    @Override
    public String toString() {
        return "uid " + uid + ", groups " + String.join(" ", groups);
    }
}
