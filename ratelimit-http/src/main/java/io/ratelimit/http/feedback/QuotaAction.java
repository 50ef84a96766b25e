package io.ratelimit.http.feedback;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import java.time.Duration;

/** What is to be done to a queue's limit. */
public sealed interface QuotaAction {

  void apply(LimitControl control);

  /**
   * Nothing starts for a time.
   *
   * @param duration more than zero
   */
  record Pause(Duration duration) implements QuotaAction {
    @Override
    public void apply(LimitControl control) {
      control.pauseFor(duration);
    }
  }

  /**
   * The limit becomes another.
   *
   * @param limit at most as fast as the one that somebody set
   */
  record ChangeLimit(RateLimit limit) implements QuotaAction {
    @Override
    public void apply(LimitControl control) {
      control.changeLimit(limit);
    }
  }
}
