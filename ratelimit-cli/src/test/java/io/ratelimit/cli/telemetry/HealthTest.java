package io.ratelimit.cli.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {

  private final VirtualTime time = VirtualTime.atEpoch();
  private final Health health = new Health(time);
  private volatile boolean away;
  private volatile boolean dead;

  @AfterEach
  void close() {
    health.close();
  }

  private void start() {
    health.needs(
        "the queue",
        () -> {
          if (away) {
            throw new IllegalStateException("Redis does not answer");
          }
        });
    health.livesBy("the worker", () -> !dead);
    health.started();
    await().until(() -> health.ready().isUp());
  }

  @Test
  void whatStartsIsLiveButNotReady() {
    assertThat(health.live().isUp()).isTrue();
    assertThat(health.ready().reasons()).containsExactly("it is starting");

    start();

    assertThat(health.ready()).isEqualTo(new Health.Verdict(Health.Status.UP, List.of()));
  }

  @Test
  void aPartThatIsAwayMakesItUnreadyForThatReasonButNotDead() {
    start();

    away = true;
    health.look();
    assertThat(health.ready().isUp()).isFalse();
    assertThat(health.ready().reasons()).containsExactly("the queue: Redis does not answer");
    assertThat(health.live().isUp()).isTrue();

    away = false;
    health.look();
    assertThat(health.ready().isUp()).isTrue();
  }

  @Test
  void partsAreAskedAgainAndAgain() {
    start();

    away = true;

    await().until(() -> !health.ready().isUp());
  }

  @Test
  void aVitalPartThatEndsByItselfIsTheEnd() {
    start();

    dead = true;

    assertThat(health.live().reasons()).containsExactly("the worker has ended by itself");
    assertThat(health.ready().reasons()).containsExactly("the worker has ended by itself");
  }

  @Test
  void whatStopsIsNotReadyAndNeitherDead() {
    start();

    health.stopping();
    dead = true;

    assertThat(health.ready().reasons()).containsExactly("it is stopping");
    assertThat(health.live().isUp()).isTrue();
  }

  @Test
  void aPartThatDoesNotComeBackIsSaidToBeSo() {
    start();
    health.close();

    time.advance(Duration.ofSeconds(21));

    assertThat(health.ready().reasons())
        .singleElement()
        .satisfies(
            reason -> assertThat(reason).startsWith("a part has not answered since 1970-01-01T"));
  }
}
