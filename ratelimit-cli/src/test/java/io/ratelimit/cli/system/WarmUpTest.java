package io.ratelimit.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.server.TemporalServer;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.RateLimitClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WarmUpTest {

  @Test
  @Timeout(120)
  void drainsEventsOfItsOwnThroughManagerAndWorker() throws InterruptedException {
    try (TemporalServer server = TemporalServer.embedded()) {
      WarmUp.run(server);

      try (RateLimitClient client =
          RateLimitClient.connect(server.server(), server.client(), "warm-up")) {
        RoundReport report = client.result("warm-up", Duration.ofSeconds(60));
        assertThat(report.done()).isEqualTo(8);
        assertThat(report.failed()).isZero();
      }
    }
  }
}
