package io.ratelimit.core.internal.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.TestRounds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryKeeperTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  /** A history that can be unavailable. */
  private static final class Flaky implements RoundHistory {
    private final List<String> kept = new ArrayList<>();
    private boolean away;

    @Override
    public void append(RoundRecord round) {
      if (away) {
        throw new HistoryException("away");
      }
      kept.add(round.id());
    }

    @Override
    public HistoryPage read(HistoryQuery query) {
      return HistoryPage.EMPTY;
    }
  }

  private final Flaky history = new Flaky();
  private final HistoryKeeper keeper = new HistoryKeeper(history);

  private void keep(int number) {
    keeper.keep(() -> round(number));
  }

  private static RoundRecord round(int number) {
    return TestRounds.met("r" + number, AT.plusSeconds(number), AT.plusSeconds(number + 1));
  }

  @Test
  void keepsInOrderWhatWaited() {
    keep(0);
    history.away = true;
    keep(1);
    keep(2);
    assertThat(keeper.notes())
        .containsExactly(
            "the history has kept no round since 2026-01-02T03:04:07Z: away; 2 wait, 0 lost");
    history.away = false;
    keep(3);

    assertThat(history.kept).containsExactly("r0", "r1", "r2", "r3");
    assertThat(keeper.kept()).isEqualTo(4);
    assertThat(keeper.notes()).isEmpty();
  }

  @Test
  void losesTheOldestOfManyAndCountsThem() {
    history.away = true;
    for (int number = 0; number < HistoryKeeper.MOST_WAITING + 5; number++) {
      keep(number);
    }
    assertThat(keeper.lost()).isEqualTo(5);
    history.away = false;
    keep(99);

    assertThat(history.kept).hasSize(HistoryKeeper.MOST_WAITING + 1).doesNotContain("r4");
    assertThat(history.kept.get(0)).isEqualTo("r5");
    assertThat(keeper.notes()).containsExactly("the history has lost 5 rounds so far");
  }

  @Test
  void triesOnceMoreWhenItIsClosed() {
    history.away = true;
    keep(1);
    history.away = false;
    keeper.close();

    assertThat(history.kept).containsExactly("r1");
    history.away = true;
    keep(2);
    keeper.close();
    assertThat(keeper.lost()).isEqualTo(1);
  }

  @Test
  void survivesARecordThatCannotBeMade() {
    keeper.keep(
        () -> {
          throw new IllegalArgumentException("no record");
        });
    keep(1);

    assertThat(keeper.lost()).isEqualTo(1);
    assertThat(history.kept).containsExactly("r1");
  }
}
