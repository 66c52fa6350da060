package io.dmaheap.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTests {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "4096, 4096",
        "64K, 65536",
        "8M, 8388608",
        "8m, 8388608",
        "1.5M, 1572864",
        "2G, 2147483648",
        "1T, 1099511627776",
        "4KiB, 4096",
        "4KB, 4096",
        "0.5K, 512",
        "9223372036854775807, 9223372036854775807"
    })
    void areReadInPowersOf1024(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "M",
                "-1",
                "1X",
                "1.2.3M",
                "0x10",
                "1e3",
                "0",
                "0K",
                "0.1K",
                "8388608T",
                "9223372036854775808",
                "1 M"
            })
    void areRefusedWhenTheyMakeNoSense(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Sizes.parse(text));
    }

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
