package io.dmaheap.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTests {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "3133440, 2.99 MiB",
        "8388608, 8 MiB",
        "199065600, 189.8 MiB",
        "1073741824, 1 GiB"
    })
    void arePrintedInTheUnitThatSuits(long bytes, String text) {
        assertThat(Sizes.text(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ns",
        "850, 850 ns",
        "999, 999 ns",
        "1000, 1.00 µs",
        "12345, 12.3 µs",
        "999600, 1.00 ms",
        "123456789, 123 ms",
        "5000000000, 5.00 s",
        "5000000000000, 5000 s"
    })
    void timesHaveThreeDigits(long nanos, String text) {
        assertThat(Times.text(nanos)).isEqualTo(text);
    }
}
