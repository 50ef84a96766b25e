package io.ratelimit.temporal;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The limit of a queue that only an activity can reach. */
final class RemoteLimit implements LimitControl {

  private final Function<LimitChange, LimitSettings> activity;

  RemoteLimit(Function<LimitChange, LimitSettings> activity) {
    this.activity = activity;
  }

  @CanIgnoreReturnValue
  private LimitSettings call(
      LimitChange.Kind kind, Optional<RateLimit> limit, Optional<Duration> duration) {
    return activity.apply(new LimitChange(kind, limit, duration));
  }

  @Override
  public LimitSettings settings() {
    return call(LimitChange.Kind.READ, Optional.empty(), Optional.empty());
  }

  @Override
  public LimitSettings changeLimit(RateLimit normal) {
    return call(LimitChange.Kind.CHANGE, Optional.of(normal), Optional.empty());
  }

  @Override
  public LimitSettings declareEmergency(RateLimit limit, Duration duration) {
    return call(LimitChange.Kind.DECLARE_EMERGENCY, Optional.of(limit), Optional.of(duration));
  }

  @Override
  public LimitSettings endEmergency() {
    return call(LimitChange.Kind.END_EMERGENCY, Optional.empty(), Optional.empty());
  }

  @Override
  public LimitSettings pause() {
    return call(LimitChange.Kind.PAUSE, Optional.empty(), Optional.empty());
  }

  @Override
  public LimitSettings pauseFor(Duration duration) {
    return call(LimitChange.Kind.PAUSE_FOR, Optional.empty(), Optional.of(duration));
  }

  @Override
  public LimitSettings resume() {
    return call(LimitChange.Kind.RESUME, Optional.empty(), Optional.empty());
  }
}
