package io.dmaheap.cli;

import static io.dmaheap.cli.Calls.call;
import static io.dmaheap.cli.Calls.emulated;
import static io.dmaheap.cli.Calls.machine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.dmaheap.BufferHolder;
import io.dmaheap.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command prints with {@code --json} is what docs/json.schema.json describes. */
class SchemaTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(VersionFlag.V202012);

    private static JsonNode published() throws IOException {
        return JSON.readTree(Files.readString(Path.of("../docs/json.schema.json")));
    }

    /**
     * The definition of one output.
     *
     * @param strict whether it takes no fields that it does not know, as this version prints none
     */
    private static JsonSchema schema(String output, boolean strict) throws IOException {
        ObjectNode schema = published().deepCopy();
        assertThat(schema.at("/$defs/" + output).isMissingNode()).as(output).isFalse();
        schema.remove("anyOf");
        schema.put("$ref", "#/$defs/" + output);
        if (strict) {
            schema.findParents("properties").stream()
                    .map(ObjectNode.class::cast)
                    .filter(one -> one.path("type").asText().equals("object"))
                    .forEach(one -> one.put("additionalProperties", false));
        }
        return FACTORY.getSchema(schema);
    }

    private static Set<String> flaws(String output, String json) throws IOException {
        return schema(output, true).validate(JSON.readTree(json)).stream()
                .map(ValidationMessage::getMessage)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            list            | list
            show            | show system
            show            | show protected,secure-video
            await           | await system
            alloc           | alloc --size 4095 --count 2
            alloc           | alloc --size 4096 --use-case secure-video
            play            | play decode-720p --frames 2
            play            | play decode-720p --frames 2 --heap linux,cma --disturb
            play            | play decode-4k --scale 1000 --heap system
            playSecureVideo | play secure-video --frames 2 --frame 320x180
            playList        | play --list
            board           | board
            devices         | devices
            map             | map
            map             | map --heap video@68000000
            fit             | fit npu --region 2M,64M --frames 1
            dump            | dump
            doctor          | doctor --require any,fences
            pluginList      | plugin list
            pluginList      | plugin list --start
            """)
    void theOutputOfEachCommandIsValid(String output, String words) throws IOException {
        String[] args = (words + " --json").split(" ");
        var result = words.startsWith("fit") ? call(Machine.THIS, args) : emulated(args);
        assertThat(result.err()).isEmpty();
        assertThat(flaws(output, result.out())).as(result.out()).isEmpty();
    }

    @Test
    void everyCommandHasADefinition() throws IOException {
        Set<String> defined = new TreeSet<>();
        published()
                .path("anyOf")
                .forEach(one -> defined.add(one.path("$ref").asText().replace("#/$defs/", "")));
        Set<String> names = new TreeSet<>(Dmaheap.names());
        names.removeAll(Set.of("completion", "manual"));
        for (String name : names) {
            assertThat(defined).contains(name.equals("plugin") ? "pluginList" : name);
        }
    }

    @Test
    void whatEmulatedMachinesDoNotHaveIsValidToo() throws IOException {
        var heaps = new FakeHeaps() {
            @Override
            public List<BufferHolder> holders() {
                return List.of(
                        new BufferHolder(10, "camera", OptionalInt.of(5), 77, 8192, 3, "system", Optional.of("frame")),
                        new BufferHolder(10, "camera", OptionalInt.empty(), 78, 4096, 1, "drm", Optional.empty()));
            }

            @Override
            public List<Problem> problems() {
                return List.of(Problem.of(Problem.Kind.CORRUPT_JAR, "bad.jar", "no jar", "Copy it again", null));
            }
        };
        for (String words : List.of("dump", "list", "map", "board", "devices")) {
            assertThat(flaws(words, call(machine(heaps), words, "--json").out()))
                    .as(words)
                    .isEmpty();
        }
        assertThat(flaws(
                        "pluginList",
                        call(machine(heaps), "plugin", "list", "--json").out()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            heap-not-found        | show sytem
            misuse                | lst
            misuse                | list --jsno
            misuse                | alloc
            misuse                | alloc --size 8Q
            misuse                | alloc --size 1M --count 0
            misuse                | list -o nmae --watch=0
            bad-input             | play /no/trace.jsonl
            platform-unavailable  | list --platform mars
            invalid-configuration | list --policy /no/such/file
            heap-not-found        | alloc --size 100G
            limit-exceeded        | alloc --size 100G --heap system
            timed-out             | await sytem --timeout 1ms
            """)
    void errorsAreObjectsOfOneShapeAndTheStatusStays(String code, String words) throws IOException {
        var text = emulated(words.split(" "));
        for (String json : List.of("--json", "-j")) {
            var result = emulated((words + " " + json).split(" "));
            assertThat(flaws("error", result.out())).as(result.out()).isEmpty();
            JsonNode error = JSON.readTree(result.out()).path("error");
            assertThat(error.path("code").asText()).isEqualTo(code);
            assertThat(error.path("status").asInt()).isEqualTo(result.status());
            assertThat(result.status()).isEqualTo(text.status());
            assertThat(result.err())
                    .isEqualTo("dmaheap: " + error.path("message").asText() + "\n");
        }
        assertThat(text.out()).isEmpty();
    }

    @Test
    void aBugIsAnErrorToo() throws IOException {
        var result = call(machine(new FakeHeaps()), "alloc", "--size", "1M", "--json");
        assertThat(flaws("error", result.out())).isEmpty();
        assertThat(result.out()).contains("\"code\": \"bug\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"platform\"=\"platfrom\"",
                "\"schema\": 1=\"schema\": \"1\"",
                "\"cached\": \"yes\"=\"cached\": true",
                "\"bytes\": 0=\"bytes\": -1",
                "\"state\": \"live\"=\"state\": \"LIVE\"",
                "\"node\": null=\"node\": \"/dev/dma_heap/system\"",
                "\"problems\": []=\"problems\": [ { \"kind\": \"x\" } ]",
                "\"usage\": {=\"usage\": { \"more\": 0,"
            })
    void wrongOutputFails(String change) throws IOException {
        String right = emulated("list", "--json").out();
        String wrong = right.replace(change.split("=")[0], change.split("=")[1]);
        assertThat(wrong).isNotEqualTo(right);
        assertThat(flaws("list", right)).isEmpty();
        assertThat(flaws("list", wrong)).isNotEmpty();
    }

    @Test
    void theExamplesOfTheDocumentationAreValid() throws IOException {
        Map<String, String> outputs = Map.of(
                "play secure-video",
                "playSecureVideo",
                "play --list",
                "playList",
                "plugin list",
                "pluginList",
                "share …",
                "share",
                "play …",
                "play");
        String documentation = Files.readString(Path.of("../docs/json.md"));
        Matcher example = Pattern.compile(
                        "(?m)^## (?:`dmaheap ([^`]*?) --json`|(Errors))[^#]*?```json\\n(.*?)```", Pattern.DOTALL)
                .matcher(documentation);
        int seen = 0;
        while (example.find()) {
            String call = example.group(2) == null ? example.group(1).replaceFirst(" NAME$", "") : "error";
            String json = example.group(3);
            if (!json.contains("\"…\":")) {
                Set<ValidationMessage> flaws =
                        schema(outputs.getOrDefault(call, call), false).validate(JSON.readTree(json));
                assertThat(flaws).as(call).isEmpty();
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(10);
    }
}
