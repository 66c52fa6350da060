package io.dmaheap.core.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.Problem;
import io.dmaheap.core.life.Problems;
import io.dmaheap.core.provider.RegionOwners.User;
import io.dmaheap.spi.PhysicalRange;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A region has one owner among all plugins. */
class RegionOwnersTests {
    private static final User OURS = new User("ours", 1, false);
    private static final User OURS_LATER = new User("ours", 2, false);
    private static final User STRANGER = new User("stranger", 3, false);
    private static final User PINNED = new User("pinned", 4, true);

    private final Problems problems = new Problems();
    private final RegionOwners owners = new RegionOwners(problems);

    private RegionOwners.Hold hold(User user, long base, long size) {
        return owners.hold("pool", user, List.of(new PhysicalRange(base, size)));
    }

    private static void assertBelongsTo(String owner, ThrowingCallable call) {
        var refusal = catchThrowableOfType(HeapException.class, call);
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
        assertThat(refusal.errno()).contains("EBUSY");
        assertThat(refusal).hasMessageContaining("belongs to the plugin " + owner);
    }

    @Test
    void theSecondPluginIsRefusedWherever() {
        owners.started(OURS);
        owners.started(STRANGER);
        hold(OURS, 0, 4096);

        assertBelongsTo("ours", () -> hold(STRANGER, 0, 4096));
        assertBelongsTo("ours", () -> hold(STRANGER, 65536, 4096));
        owners.hold("other", STRANGER, List.of(new PhysicalRange(1 << 20, 4096)));
        hold(OURS, 65536, 4096);
    }

    @Test
    void aRegionStaysWithItsOwnerUntilThatHasStoppedAndGivenBackEverything() {
        owners.started(OURS);
        owners.started(OURS_LATER);
        owners.started(STRANGER);
        var hold = hold(OURS, 0, 4096);
        hold.end();
        hold.end();
        assertBelongsTo("ours", () -> hold(STRANGER, 0, 4096));
        var left = hold(OURS, 0, 4096);
        owners.stopped(OURS);
        assertBelongsTo("ours", () -> hold(STRANGER, 4096, 4096));
        owners.stopped(OURS_LATER);
        assertBelongsTo("ours", () -> hold(STRANGER, 4096, 4096));

        left.end();

        hold(STRANGER, 0, 4096).end();
    }

    @Test
    void aPinnedPluginGetsItFromAStrangerWhoHasNothingInIt() {
        owners.started(STRANGER);
        owners.started(PINNED);
        var hold = hold(STRANGER, 0, 4096);
        assertBelongsTo("stranger", () -> hold(PINNED, 4096, 4096));
        hold.end();

        hold(PINNED, 0, 4096).end();

        assertBelongsTo("pinned", () -> hold(STRANGER, 0, 4096));
    }

    @Test
    void aRegionBelongsToThePluginWhoseHeapGivesItOutWhoeverComesFirst() {
        var before = hold(STRANGER, 0, 4096);
        owners.offers(OURS, List.of("pool"));
        assertBelongsTo("ours", () -> hold(STRANGER, 4096, 4096));
        assertBelongsTo("stranger", () -> hold(OURS, 4096, 4096));

        before.end();

        hold(OURS, 0, 4096).end();
        assertBelongsTo("ours", () -> hold(PINNED, 0, 4096));
        assertThat(problems.all()).isEmpty();
    }

    @Test
    void ofTwoEqualsThatGiveOutARegionNeitherHasItUntilOneHasStopped() {
        owners.offers(STRANGER, List.of("other", "pool"));
        owners.offers(OURS, List.of("pool"));

        for (User user : List.of(OURS, STRANGER)) {
            var refusal = catchThrowableOfType(HeapException.class, () -> hold(user, 0, 4096));
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(refusal.errno()).contains("EBUSY");
            assertThat(refusal).hasMessageContaining("neither");
        }
        owners.hold("other", STRANGER, List.of(new PhysicalRange(0, 4096))).end();
        assertThat(problems.all())
                .allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(Problem.Kind.DUPLICATE_REGION))
                .extracting(Problem::subject)
                .containsExactly("ours", "stranger");

        owners.stopped(STRANGER);
        assertThat(problems.all()).isEmpty();
        hold(OURS, 0, 4096).end();
    }

    @Test
    void aPinnedPluginGoesBeforeOthersThatGiveOutItsRegion() {
        owners.offers(OURS, List.of("pool"));
        owners.offers(OURS_LATER, List.of("pool"));
        owners.offers(PINNED, List.of("pool"));
        assertBelongsTo("pinned", () -> hold(OURS, 0, 4096));
        hold(PINNED, 0, 4096).end();
        assertThat(problems.all()).singleElement().satisfies(problem -> {
            assertThat(problem.subject()).isEqualTo("ours");
            assertThat(problem.message()).contains("pool", "belongs to pinned");
        });

        owners.stopped(OURS);
        assertThat(problems.all()).hasSize(1);
        owners.stopped(OURS_LATER);
        assertThat(problems.all()).isEmpty();

        owners.offers(OURS, List.of("pool"));
        owners.stopped(PINNED);
        assertThat(problems.all()).isEmpty();
        hold(OURS, 0, 4096).end();
    }

    @Test
    void aNewVersionPassesOverWhatTheOldOneHas() {
        var old = hold(OURS, 4096, 8192);

        assertThatThrownBy(() -> hold(OURS_LATER, 8192, 4096)).isInstanceOfSatisfying(HeapException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
            assertThat(e.errno()).contains("EBUSY");
        });
        hold(OURS_LATER, 0, 4096);
        hold(OURS_LATER, 12288, 4096);

        old.end();
        hold(OURS_LATER, 4096, 8192);
    }

    @Test
    void protectionAndLoansOfOthersAreOutOfReach() {
        hold(OURS, 4096, 8192);
        owners.lent(OURS, 4096);

        assertBelongsTo("ours", () -> owners.requireNotOfOthers(STRANGER, new PhysicalRange(8192, 4096)));
        assertBelongsTo("ours", () -> owners.requireLoan(STRANGER, 4096));
        owners.requireNotOfOthers(STRANGER, new PhysicalRange(0, 4096));
        owners.requireNotOfOthers(OURS_LATER, new PhysicalRange(4096, 8192));
        owners.requireLoan(OURS_LATER, 4096);
        owners.reclaimed(4096);
        owners.requireLoan(STRANGER, 4096);
    }
}
