package io.ratelimit.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.temporal.manager.PollingWorker;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlotsTextTest {

  private static PollingWorker worker(String identity, Optional<Integer> slots) {
    return new PollingWorker(identity, Optional.empty(), slots, Optional.empty(), Instant.EPOCH);
  }

  @Test
  void eachProcessCountsOnceAndWhoIsSilentIsNotLeftOut() {
    PollingWorker one = worker("one", Optional.of(10));
    PollingWorker two = worker("two", Optional.of(5));
    PollingWorker silent = worker("silent", Optional.empty());

    assertThat(SlotsText.of(List.of())).isEmpty();
    assertThat(SlotsText.of(List.of(one, one, two))).contains("slots for 15 lanes");
    assertThat(SlotsText.of(List.of(one, silent)))
        .contains("slots for 10 lanes, and an unknown number in 1 worker");
    assertThat(SlotsText.of(List.of(silent))).contains("slots for an unknown number of lanes");
  }
}
