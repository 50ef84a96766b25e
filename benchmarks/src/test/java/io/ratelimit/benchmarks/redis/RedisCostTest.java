package io.ratelimit.benchmarks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RedisCostTest {

  /** Tests that it runs, not how fast: each call is measured, and its cost is in the JSON. */
  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void theShortRunMeasuresEachCall() throws IOException, InterruptedException {
    RedisCost cost = RedisCost.run(true);

    assertThat(cost.costs())
        .extracting(CallCost::call)
        .contains("publish", "take and ack", "take", "ack", "retry", "release", "fail");
    assertThat(cost.costs())
        .allSatisfy(call -> assertThat(call.scriptMicros()).as(call.json()).isPositive())
        .allSatisfy(call -> assertThat(cost.json()).contains(call.json()));
    if (CountedRedis.obstacle().isEmpty()) {
      assertThat(cost.costs())
          .allSatisfy(
              call ->
                  assertThat(call.instructions().orElseThrow()).as(call.json()).isGreaterThan(100));
    }
    assertThat(cost.bytes().get("event")).isBetween(100.0, 400.0);
  }
}
