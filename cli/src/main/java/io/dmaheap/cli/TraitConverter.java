package io.dmaheap.cli;

import io.dmaheap.Trait;
import io.dmaheap.cli.output.HeapWords;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --require cpu-accessible}. */
final class TraitConverter implements ITypeConverter<Trait> {
    @Override
    public Trait convert(String text) {
        return Arrays.stream(Trait.values())
                .filter(trait -> HeapWords.word(trait).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no trait: there is "
                        + Arrays.stream(Trait.values()).map(HeapWords::word).collect(Collectors.joining(", "))));
    }
}
