package io.ratelimit.temporal;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import java.time.Duration;
import java.util.Optional;

/** A call of {@link LimitControl} on its way to the queue. */
@JsonIgnoreProperties(ignoreUnknown = true)
record LimitChange(
    Kind kind, Optional<RateLimit> limit, Optional<Duration> duration, Optional<String> owner) {

  /** Which method is called. */
  public enum Kind {
    READ,
    CHANGE,
    CHANGE_CEILING,
    REMOVE_CEILING,
    DEMAND,
    END_DEMAND,
    PAUSE,
    PAUSE_FOR,
    RESUME
  }

  static LimitChange of(Kind kind) {
    return new LimitChange(kind, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** A change of the normal limit. */
  static LimitChange to(RateLimit normal) {
    return new LimitChange(Kind.CHANGE, Optional.of(normal), Optional.empty(), Optional.empty());
  }

  LimitSettings applyTo(LimitControl control) {
    return switch (kind) {
      case READ -> control.settings();
      case CHANGE -> control.changeLimit(limit.orElseThrow());
      case CHANGE_CEILING -> control.changeCeiling(limit.orElseThrow());
      case REMOVE_CEILING -> control.removeCeiling();
      case DEMAND ->
          control.demand(owner.orElseThrow(), limit.orElseThrow(), duration.orElseThrow());
      case END_DEMAND -> control.endDemand(owner.orElseThrow());
      case PAUSE -> control.pause();
      case PAUSE_FOR -> control.pauseFor(duration.orElseThrow());
      case RESUME -> control.resume();
    };
  }
}
