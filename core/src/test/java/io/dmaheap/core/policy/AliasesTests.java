package io.dmaheap.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AliasesTests {

    @Test
    void aNameWithoutAliasLeadsNowhere() {
        assertThat(new Aliases(Map.of()).of("system")).isEmpty();
    }

    @Test
    void aliasesOfAliasesCountAndNearerOnesComeFirst() {
        var aliases = new Aliases(Map.of("a", List.of("b", "c"), "b", List.of("d")));

        assertThat(aliases.of("a")).containsExactly("b", "c", "d");
    }

    @Test
    void circlesDoNoHarm() {
        var aliases = new Aliases(Map.of("a", List.of("b"), "b", List.of("a", "b")));

        assertThat(aliases.of("a")).containsExactly("b");
    }

    @Test
    void aPatternKeepsTheRestOfTheName() {
        var aliases = new Aliases(Map.of("secure_*", List.of("restricted_*", "protected,*", "other")));

        assertThat(aliases.of("secure_video")).containsExactly("restricted_video", "protected,video", "other");
        assertThat(aliases.of("insecure_video")).isEmpty();
    }

    @Test
    void anExactAliasWinsOverPatterns() {
        var aliases = new Aliases(Map.of("a*", List.of("x"), "ab", List.of("y")));

        assertThat(aliases.of("ab")).containsExactly("y");
    }

    @Test
    void longerPatternsComeFirst() {
        var aliases = new Aliases(Map.of("*", List.of("any"), "ab*", List.of("long"), "a*", List.of("short")));

        assertThat(aliases.of("abc").subList(0, 3)).containsExactly("long", "short", "any");
    }

    @Test
    @Timeout(10)
    void aPatternThatMakesEverLongerNamesComesToAnEnd() {
        var aliases = new Aliases(Map.of("a*", List.of("aa*", "ab*")));

        assertThat(aliases.of("a")).hasSizeLessThanOrEqualTo(100).startsWith("aa", "ab");
    }

    @Test
    void tellsWhatLeadsToAHeap() {
        var aliases = new Aliases(Map.of(
                "old", List.of("older"), "older", List.of("heap"), "x*", List.of("heap"), "heap", List.of("old")));

        assertThat(aliases.leading().get("heap")).containsExactly("old", "older");
    }
}
