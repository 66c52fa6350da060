package io.dmaheap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.dmaheap.Usage;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UsageCountsTests {
    private static final Usage EACH = new Usage(1, 2, 3, 4096, 5, 6, 7, 8192, 9, 10, 11, 12, 13, 14);

    @Test
    void everyCountIsShownUnderItsName() throws ReflectiveOperationException {
        var json = JsonParser.parseString(UsageCounts.of(EACH).json().text()).getAsJsonObject();
        var components = Usage.class.getRecordComponents();
        assertThat(json.keySet())
                .containsExactlyElementsOf(
                        Arrays.stream(components).map(RecordComponent::getName).toList());
        for (RecordComponent one : components) {
            assertThat(json.get(one.getName()).getAsLong())
                    .as(one.getName())
                    .isEqualTo(one.getAccessor().invoke(EACH));
        }
    }

    @Test
    void inWordsOnlyWhatIsNotZero() {
        assertThat(UsageCounts.of(EACH).text())
                .isEqualTo("heap handles 1, buffer handles 2, buffers 3, 4 KiB, mappings 5, accesses 6, attachments 7,"
                        + " 8 KiB quarantined, tee objects 9, overdue calls 10, descriptors 11, fences 12, sockets 13,"
                        + " choices 14");
        assertThat(UsageCounts.of(new Usage(0, 0, 1, 4096, 0, 0, 0, 0)).text()).isEqualTo("buffers 1, 4 KiB");
        assertThat(UsageCounts.of(Usage.NONE).text()).isEmpty();
    }
}
