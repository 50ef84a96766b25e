package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limit.Demand;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** The limit of an {@code InMemoryEventQueue}. */
public final class InMemoryLimitControl implements LimitControl {

  private final Guard guard;
  private final QueueState state;
  private final Time time;

  public InMemoryLimitControl(Guard guard, QueueState state, Time time) {
    this.guard = guard;
    this.state = state;
    this.time = time;
  }

  @Override
  public LimitSettings settings() {
    return guard.locked(state::settings);
  }

  @Override
  public LimitSettings changeLimit(RateLimit normal) {
    requireNonNull(normal, "normal");
    return change(settings -> settings.withNormal(normal));
  }

  @Override
  public LimitSettings changeCeiling(RateLimit ceiling) {
    requireNonNull(ceiling, "ceiling");
    return change(settings -> settings.withCeiling(ceiling));
  }

  @Override
  public LimitSettings removeCeiling() {
    return change(LimitSettings::withoutCeiling);
  }

  @Override
  public LimitSettings demand(String owner, RateLimit limit, Duration duration) {
    requireNonNull(limit, "limit");
    Requirements.positive("duration", duration);
    Demand.requireOwner(owner);
    return change(
        settings -> {
          Instant now = time.now();
          return settings.withDemand(new Demand(owner, limit, DueTimes.after(now, duration)), now);
        });
  }

  @Override
  public LimitSettings endDemand(String owner) {
    Demand.requireOwner(owner);
    return change(settings -> settings.withoutDemand(owner, time.now()));
  }

  @Override
  public LimitSettings pause() {
    return change(settings -> settings.withPause(Pause.untilResumed()));
  }

  @Override
  public LimitSettings pauseFor(Duration duration) {
    Requirements.positive("duration", duration);
    return change(
        settings -> settings.withPause(Pause.until(DueTimes.after(time.now(), duration))));
  }

  @Override
  public LimitSettings resume() {
    return change(LimitSettings::resumed);
  }

  private record Change(LimitSettings before, LimitSettings after) {
    /** The end of a demand that is moved, or one that raises nothing, is none. */
    boolean isNews() {
      return after.version() != before.version();
    }
  }

  private LimitSettings change(UnaryOperator<LimitSettings> change) {
    return guard
        .locked(() -> new Change(state.settings(), state.changeSettings(change)), Change::isNews)
        .after();
  }
}
