package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.report.RoundReport;
import io.ratelimit.testkit.server.LocalRedis;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RedisRoundTest {

  @Test
  void drainsARound() {
    List<String> audited = new CopyOnWriteArrayList<>();

    RoundReport report;
    try (LocalRedis redis = LocalRedis.start()) {
      report = RedisRound.drain(redis.uri(), "examples", event -> audited.add(event.walletId()));
    }

    assertThat(audited).containsExactly("wallet-2", "wallet-1");
    assertThat(report.done()).isEqualTo(2);
    assertThat(report.deadlineMet()).isTrue();
    assertThat(report.limitHeld()).contains(true);
  }

  @Test
  void countsWhatWaitsWhereThereIsAQueue() {
    try (LocalRedis redis = LocalRedis.start()) {
      assertThatThrownBy(() -> RedisRound.waiting(redis.uri(), "example"))
          .hasMessage("known are []");
      RedisRound.drain(redis.uri(), "examples", event -> {});

      assertThat(RedisRound.waiting(redis.uri(), "examples")).isZero();
      assertThatThrownBy(() -> RedisRound.waiting(redis.uri(), "example"))
          .hasMessage("known are [examples]");
    }
  }
}
