package io.ratelimit.cli.telemetry;

import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.micrometer.ScalingMetrics;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Shows in the metrics what a manager decides. */
final class ManagerMetrics implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final RateLimitClient client;
  private final Supplier<Optional<String>> id;
  private final ScalingMetrics scaling;
  private final Repeating looking;

  /**
   * Looks again and again.
   *
   * @param id which manager it is now, if there is one
   */
  ManagerMetrics(RateLimitClient client, Supplier<Optional<String>> id, ScalingMetrics scaling) {
    this.client = client;
    this.id = id;
    this.scaling = scaling;
    this.looking = Repeating.start("manager-metrics", PAUSE, this::look);
  }

  /** A manager that does not answer once is not without a decision; in time it is. */
  private void look() {
    try {
      id.get().map(client::status).ifPresent(this::show);
    } catch (ManagerException away) {
      // The last decision grows old.
    }
  }

  private void show(ManagerStatus status) {
    status.decision().ifPresent(decision -> scaling.decided(decision, status.workersActive()));
  }

  @Override
  public void close() {
    looking.close();
  }
}
