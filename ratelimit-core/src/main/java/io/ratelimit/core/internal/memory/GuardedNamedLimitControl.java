package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/** The named limits of a queue behind a guard. */
public final class GuardedNamedLimitControl implements NamedLimitControl {

  private final Guard guard;

  public GuardedNamedLimitControl(Guard guard) {
    this.guard = guard;
  }

  @Override
  public List<NamedLimit> limits() {
    return guard.locked(QueueState::namedLimits);
  }

  private void change(BiConsumer<QueueState, Instant> change) {
    changeIf(
        (state, now) -> {
          change.accept(state, now);
          return true;
        });
  }

  /** Makes a change that returns whether it may let others start. */
  private void changeIf(BiPredicate<QueueState, Instant> change) {
    boolean unused = guard.lockedAt(change::test, isNews -> isNews);
  }

  @Override
  public void set(NamedLimit limit) {
    requireNonNull(limit, "limit");
    change((state, now) -> state.setNamedLimit(limit, now));
  }

  @Override
  public Optional<NamedLimitSettings> settings(String limit) {
    requireNonNull(limit, "limit");
    return guard.locked(state -> state.namedLimit(limit));
  }

  @Override
  public void override(KeyPattern keys, List<RateLimit> windows) {
    LimitOverride override = new LimitOverride(keys, windows);
    change(
        (state, now) ->
            state.override(keys.limit(), settings -> settings.withOverride(override), now));
  }

  @Override
  public void removeOverride(KeyPattern keys) {
    requireNonNull(keys, "keys");
    change(
        (state, now) ->
            state.override(keys.limit(), settings -> settings.withoutOverride(keys), now));
  }

  @Override
  public void demand(KeyPattern keys, String owner, List<RateLimit> windows, Duration duration) {
    Requirements.positive("duration", duration);
    changeIf(
        (state, now) ->
            state.demand(
                new NamedDemand(keys, owner, windows, DueTimes.after(now, duration)), now));
  }

  @Override
  public void endDemand(KeyPattern keys, String owner) {
    requireNonNull(keys, "keys");
    Demand.requireOwner(owner);
    changeIf(
        (state, now) -> {
          state.endDemand(keys, owner, now);
          return false;
        });
  }

  @Override
  public void pause(LimitKey key) {
    requireNonNull(key, "key");
    change((state, now) -> state.pause(key, Pause.untilResumed(), now));
  }

  @Override
  public void pauseFor(LimitKey key, Duration duration) {
    requireNonNull(key, "key");
    Requirements.positive("duration", duration);
    change((state, now) -> state.pause(key, Pause.until(DueTimes.after(now, duration)), now));
  }

  @Override
  public void resume(LimitKey key) {
    requireNonNull(key, "key");
    change((state, now) -> state.resume(key));
  }

  @Override
  public Optional<KeyStats> key(LimitKey key) {
    requireNonNull(key, "key");
    return guard.lockedAt((state, now) -> state.keyStats(key, now));
  }

  @Override
  public List<KeyStats> keys(String limit, Optional<String> after, int max) {
    requireNonNull(limit, "limit");
    requireNonNull(after, "after");
    Pages.size(max);
    return guard.lockedAt((state, now) -> state.keyStats(limit, after, max, now));
  }
}
