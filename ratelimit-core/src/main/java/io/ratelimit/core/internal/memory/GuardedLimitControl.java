package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.LimitControl;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/** The limit of a queue behind a guard. */
public final class GuardedLimitControl implements LimitControl {

  private final Guard guard;

  public GuardedLimitControl(Guard guard) {
    this.guard = guard;
  }

  @Override
  public LimitSettings settings() {
    return guard.locked(QueueState::settings);
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
    return changeAt(
        (settings, now) ->
            settings.withDemand(new Demand(owner, limit, DueTimes.after(now, duration)), now));
  }

  @Override
  public LimitSettings endDemand(String owner) {
    Demand.requireOwner(owner);
    return changeAt((settings, now) -> settings.withoutDemand(owner, now));
  }

  @Override
  public LimitSettings pause() {
    return change(settings -> settings.withPause(Pause.untilResumed()));
  }

  @Override
  public LimitSettings pauseFor(Duration duration) {
    Requirements.positive("duration", duration);
    return changeAt(
        (settings, now) -> settings.withPause(Pause.until(DueTimes.after(now, duration))));
  }

  @Override
  public LimitSettings resume() {
    return change(LimitSettings::resumed);
  }

  private record Change(LimitSettings before, LimitSettings after) {
    /**
     * Returns whether listeners must know; moving the end of a demand, or a demand that raises
     * nothing, is no news.
     */
    boolean isNews() {
      return after.version() != before.version();
    }
  }

  private LimitSettings change(UnaryOperator<LimitSettings> change) {
    return guard
        .locked(state -> new Change(state.settings(), state.changeSettings(change)), Change::isNews)
        .after();
  }

  private LimitSettings changeAt(BiFunction<LimitSettings, Instant, LimitSettings> change) {
    return guard
        .lockedAt(
            (state, now) ->
                new Change(
                    state.settings(),
                    state.changeSettings(settings -> change.apply(settings, now))),
            Change::isNews)
        .after();
  }
}
