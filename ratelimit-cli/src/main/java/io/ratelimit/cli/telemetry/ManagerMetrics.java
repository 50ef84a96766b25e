package io.ratelimit.cli.telemetry;

import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.cli.watch.MonitorView;
import io.ratelimit.cli.watch.Picture;
import io.ratelimit.micrometer.ScalingMetrics;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Reports the decisions of a manager. */
final class ManagerMetrics implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Supplier<Picture> picture;
  private final ScalingMetrics scaling;
  private final Autoscaling autoscaling;
  private final Repeating looking;

  /** Starts to poll. */
  ManagerMetrics(Supplier<Picture> picture, ScalingMetrics scaling, Autoscaling autoscaling) {
    this.picture = picture;
    this.scaling = scaling;
    this.autoscaling = autoscaling;
    this.looking = Repeating.start("manager-metrics", PAUSE, this::look);
  }

  /** Polls once. A single missing answer does not drop the decision; in time, it expires. */
  private void look() {
    Optional.ofNullable(picture.get().view()).flatMap(MonitorView::manager).ifPresent(this::show);
  }

  private void show(ManagerStatus status) {
    status.decision().ifPresent(decision -> scaling.decided(decision, status.workersActive()));
    autoscaling.heard(status);
  }

  @Override
  public void close() {
    looking.close();
  }
}
