package io.dmaheap.cli;

import io.dmaheap.cli.output.Near;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --require contiguous}. */
final class RequirementConverter implements ITypeConverter<Requirement> {
    @Override
    public Requirement convert(String text) {
        return Requirement.named(text)
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no use that can be required"
                        + near(text) + ": there is " + Requirement.NAMES));
    }

    private static String near(String text) {
        return Near.hint(text, List.of(Requirement.NAMES.split(", "))).replace("?", "");
    }
}
