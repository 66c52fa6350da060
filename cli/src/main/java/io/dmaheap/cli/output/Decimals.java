package io.dmaheap.cli.output;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Decimal fractions without {@link java.util.Formatter}, whose first use loads the data of a locale. */
final class Decimals {
    private Decimals() {}

    static String text(double value, int decimals) {
        return BigDecimal.valueOf(value)
                .setScale(decimals, RoundingMode.HALF_UP)
                .toPlainString();
    }
}
