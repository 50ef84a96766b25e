package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import java.util.Optional;

/** A call to {@link LimitControl} in transit to the queue. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LimitChange(Kind kind, Optional<RateLimit> limit) {

  /** The method to call. */
  public enum Kind {
    CHANGE,
    PAUSE,
    RESUME
  }

  /** Rejects a change without a limit. */
  public LimitChange {
    if (kind == Kind.CHANGE && limit.isEmpty()) {
      throw new IllegalArgumentException("the new limit is missing");
    }
  }

  public static LimitChange of(Kind kind) {
    return new LimitChange(kind, Optional.empty());
  }

  /** Returns a change of the normal limit. */
  public static LimitChange to(RateLimit normal) {
    return new LimitChange(Kind.CHANGE, Optional.of(normal));
  }

  public LimitSettings applyTo(LimitControl control) {
    return switch (kind) {
      case CHANGE -> control.changeLimit(limit.orElseThrow());
      case PAUSE -> control.pause();
      case RESUME -> control.resume();
    };
  }
}
