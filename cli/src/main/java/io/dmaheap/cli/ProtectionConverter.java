package io.dmaheap.cli;

import io.dmaheap.Protection;
import io.dmaheap.cli.output.HeapWords;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --protection encrypted}. */
final class ProtectionConverter implements ITypeConverter<Protection.Kind> {
    @Override
    public Protection.Kind convert(String text) {
        return Arrays.stream(Protection.Kind.values())
                .filter(kind -> HeapWords.word(kind).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no protection: there is "
                        + Arrays.stream(Protection.Kind.values())
                                .map(HeapWords::word)
                                .collect(Collectors.joining(", "))));
    }
}
