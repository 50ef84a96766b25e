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
    return call(kind, limit, duration, Optional.empty());
  }

  @CanIgnoreReturnValue
  private LimitSettings call(
      LimitChange.Kind kind,
      Optional<RateLimit> limit,
      Optional<Duration> duration,
      Optional<String> owner) {
    return activity.apply(new LimitChange(kind, limit, duration, owner));
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
  public LimitSettings changeCeiling(RateLimit ceiling) {
    return call(LimitChange.Kind.CHANGE_CEILING, Optional.of(ceiling), Optional.empty());
  }

  @Override
  public LimitSettings removeCeiling() {
    return call(LimitChange.Kind.REMOVE_CEILING, Optional.empty(), Optional.empty());
  }

  @Override
  public LimitSettings demand(String owner, RateLimit limit, Duration duration) {
    return call(
        LimitChange.Kind.DEMAND, Optional.of(limit), Optional.of(duration), Optional.of(owner));
  }

  @Override
  public LimitSettings endDemand(String owner) {
    return call(
        LimitChange.Kind.END_DEMAND, Optional.empty(), Optional.empty(), Optional.of(owner));
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
