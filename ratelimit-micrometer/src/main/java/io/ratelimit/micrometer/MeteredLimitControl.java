package io.ratelimit.micrometer;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import java.time.Duration;

/** Times calls to the control of a limit. */
record MeteredLimitControl(LimitControl limit, StoreCalls calls) implements LimitControl {

  @Override
  public LimitSettings settings() {
    return calls.timed("limit-settings", limit::settings);
  }

  @Override
  public LimitSettings changeLimit(RateLimit normal) {
    return calls.timed("change-limit", () -> limit.changeLimit(normal));
  }

  @Override
  public LimitSettings changeCeiling(RateLimit ceiling) {
    return calls.timed("change-ceiling", () -> limit.changeCeiling(ceiling));
  }

  @Override
  public LimitSettings removeCeiling() {
    return calls.timed("remove-ceiling", limit::removeCeiling);
  }

  @Override
  public LimitSettings demand(String owner, RateLimit raised, Duration duration) {
    return calls.timed("demand", () -> limit.demand(owner, raised, duration));
  }

  @Override
  public LimitSettings endDemand(String owner) {
    return calls.timed("end-demand", () -> limit.endDemand(owner));
  }

  @Override
  public LimitSettings pause() {
    return calls.timed("pause", limit::pause);
  }

  @Override
  public LimitSettings pauseFor(Duration duration) {
    return calls.timed("pause-for", () -> limit.pauseFor(duration));
  }

  @Override
  public LimitSettings resume() {
    return calls.timed("resume", limit::resume);
  }
}
