package io.ratelimit.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTypeTest {

  @ParameterizedTest
  @CsvSource({
    "REBALANCE_NEEDED, HIGH, 8",
    "OPEN_POSITION_DETECTED, NORMAL, 6",
    "OPEN_ORDER_DETECTED, NORMAL, 4",
    "NEW_BALANCE_UPDATE, NORMAL, 3",
    "BALANCE_CHECK_REQUIRED, NORMAL, 2",
    "ANYTHING_ELSE, NORMAL, 10"
  })
  void knowsTheStandardTypes(String name, Priority priority, int seconds) {
    assertThat(EventTypes.standard().get(name))
        .isEqualTo(new EventType(name, priority, Duration.ofSeconds(seconds)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "ä", "a/b", "a:b", "a\n", "{a}"})
  void refusesNamesThatHaveOtherCharacters(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventType.of(name))
        .withMessage(
            "event type name must be 1 to 64 characters from A-Z a-z 0-9 _ . - but is \""
                + name.replace("\n", "\\u000a")
                + "\"");
  }

  @Test
  void aNameHasUpTo64Characters() {
    assertThat(EventType.of("x".repeat(64)).name()).hasSize(64);
    assertThatIllegalArgumentException().isThrownBy(() -> EventType.of("x".repeat(65)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT24H0.000001S", "PT2562047788015H"})
  void refusesProcessingTimesOutsideTheirRange(Duration time) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventType.of("T").withProcessingTime(time))
        .withMessage(
            "processing time of event type T must be more than zero and at most PT24H but is "
                + time);
  }

  @Test
  void refusesPartsOfMicroseconds() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventType.of("T").withProcessingTime(Duration.ofNanos(1_001)))
        .withMessageContaining("must be in whole microseconds but is PT0.000001001S");
    assertThat(EventType.of("T").withProcessingTime(Duration.ofNanos(1_000)).processingTime())
        .isEqualTo(Duration.ofNanos(1_000));
  }

  @Test
  void refusesNulls() {
    assertThatNullPointerException().isThrownBy(() -> EventType.of(null));
    assertThatNullPointerException().isThrownBy(() -> EventType.of("T").withPriority(null));
    assertThatNullPointerException().isThrownBy(() -> EventType.of("T").withProcessingTime(null));
  }

  @Test
  void aCatalogueIsExtendedWithoutBeingChanged() {
    EventType mine = EventType.of("MINE").withPriority(Priority.LOW);
    EventType faster = EventType.REBALANCE_NEEDED.withProcessingTime(Duration.ofSeconds(1));

    EventTypes extended = EventTypes.standard().with(mine).with(faster);

    assertThat(extended.find("MINE")).contains(mine);
    assertThat(extended.get("REBALANCE_NEEDED")).isEqualTo(faster);
    assertThat(extended.all()).hasSize(6);
    assertThat(EventTypes.standard().find("MINE")).isEmpty();
    assertThat(EventTypes.standard().all()).hasSize(5);
  }

  @Test
  void prioritiesAreRankedByUrgency() {
    assertThat(Priority.values())
        .containsExactly(Priority.HIGH, Priority.NORMAL, Priority.LOW)
        .extracting(Priority::rank)
        .containsExactly(0, 1, 2);
  }
}
