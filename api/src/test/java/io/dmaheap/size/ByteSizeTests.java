package io.dmaheap.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTests {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "4096, 4096",
        "512B, 512",
        "64K, 65536",
        "8M, 8388608",
        "8m, 8388608",
        "512M, 536870912",
        "512 M, 536870912",
        "512MiB, 536870912",
        "512 mib, 536870912",
        "512Mi, 536870912",
        "1.5M, 1572864",
        "0.5G, 536870912",
        "2G, 2147483648",
        "1T, 1099511627776",
        "4KiB, 4096",
        "4KB, 4096",
        "0.5K, 512",
        "0x10, 16",
        "0X4000000, 67108864",
        "0x7fffffffffffffff, 9223372036854775807",
        "9223372036854775807, 9223372036854775807"
    })
    void areReadInPowersOf1024(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
        assertThat(ByteSize.parse(" " + text + "\t")).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "M",
                "-1",
                "1X",
                "1.2.3M",
                "1,5M",
                "0x",
                "0x1G",
                "-0x1",
                "1e3",
                "0",
                "0x0",
                "0K",
                "0.1K",
                "1 0M",
                "8388608T",
                "9223372036854775808",
                "0x8000000000000000",
                "99999999999999999999999999999999999999999999999999"
            })
    void areRefusedWhenTheyMakeNoSense(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessageMatching("'.*' is (no size: write .*|more than any machine has|no whole number of bytes)"
                        + "|a size must be more than 0");
    }
}
