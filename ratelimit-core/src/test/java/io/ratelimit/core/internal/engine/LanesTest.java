package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LanesTest {

  private final VirtualTime time = VirtualTime.atEpoch();

  @Test
  void thereAreAsManyReadyAsAreWantedAndNotBusy() {
    Lanes lanes = new Lanes(Optional.empty(), time);
    lanes.want(3);
    assertThat(lanes.ready()).extracting(Lane::number).containsExactly(1, 2, 3);

    Lane first = lanes.ready().get(0);
    lanes.occupy(first);
    assertThat(lanes.ready()).extracting(Lane::number).containsExactly(2, 3);
    assertThat(lanes.busy()).isEqualTo(1);

    lanes.want(2);
    assertThat(lanes.wanted()).isEqualTo(2);
    assertThat(lanes.ready()).extracting(Lane::number).containsExactly(2);
    lanes.want(1);
    assertThat(lanes.ready()).as("the busy one is all that is wanted").isEmpty();
    assertThat(lanes.untilReady()).isEmpty();

    lanes.vacate(first);
    assertThat(lanes.ready()).containsExactly(first);
    assertThat(lanes.untilReady()).contains(Duration.ZERO);
  }

  @Test
  void aLaneWithALimitOfItsOwnIsReadyWhenThatAllowsIt() {
    Lanes lanes = new Lanes(Optional.of(RateLimit.of(60).perMinute()), time);
    lanes.want(2);
    for (Lane lane : lanes.ready()) {
      lanes.occupy(lane);
      lanes.vacate(lane);
      time.advance(Duration.ofMillis(400));
    }

    assertThat(lanes.ready()).isEmpty();
    assertThat(lanes.untilReady()).as("1 s after its event").contains(Duration.ofMillis(200));
    time.advance(Duration.ofMillis(200));
    assertThat(lanes.ready()).extracting(Lane::number).containsExactly(1);
    time.advance(Duration.ofMillis(400));
    assertThat(lanes.ready()).extracting(Lane::number).containsExactly(1, 2);
  }

  @Test
  void aLaneThatIsWithheldGetsNoEventAndNoneThatIsTooManyGoesOn() {
    Lanes lanes = new Lanes(Optional.empty(), time);
    lanes.want(2);
    Lane first = lanes.ready().get(0);
    lanes.occupy(first);
    assertThat(lanes.mayGoOn()).isTrue();

    lanes.withhold();
    assertThat(lanes.isReady()).isFalse();
    assertThat(lanes.occupyReady()).isNull();
    assertThat(lanes.untilReady()).isEmpty();
    assertThat(lanes.mayGoOn()).as("one is withheld, the other one's is its own").isTrue();
    lanes.withhold();
    assertThat(lanes.mayGoOn()).isFalse();

    lanes.restore();
    lanes.restore();
    assertThat(lanes.occupyReady()).isNotNull().isNotEqualTo(first);
    assertThat(lanes.busy()).isEqualTo(2);
  }
}
