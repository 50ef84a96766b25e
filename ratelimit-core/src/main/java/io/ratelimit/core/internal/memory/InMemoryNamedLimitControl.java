package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limit.Demand;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitOverride;
import io.ratelimit.core.limit.NamedDemand;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.KeyStats;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The named limits of an {@code InMemoryEventQueue}. */
public final class InMemoryNamedLimitControl implements NamedLimitControl {

  private final Guard guard;
  private final QueueState state;
  private final Time time;

  public InMemoryNamedLimitControl(Guard guard, QueueState state, Time time) {
    this.guard = guard;
    this.state = state;
    this.time = time;
  }

  @Override
  public List<NamedLimit> limits() {
    return guard.locked(state::namedLimits);
  }

  private void change(Consumer<Instant> change) {
    boolean unused =
        guard.locked(
            () -> {
              change.accept(time.now());
              return true;
            },
            changed -> changed);
  }

  @Override
  public void set(NamedLimit limit) {
    requireNonNull(limit, "limit");
    change(now -> state.setNamedLimit(limit, now));
  }

  @Override
  public Optional<NamedLimitSettings> settings(String limit) {
    requireNonNull(limit, "limit");
    return guard.locked(() -> state.namedLimit(limit));
  }

  @Override
  public void override(KeyPattern keys, List<RateLimit> windows) {
    LimitOverride override = new LimitOverride(keys, windows);
    change(now -> state.override(keys.limit(), settings -> settings.withOverride(override), now));
  }

  @Override
  public void removeOverride(KeyPattern keys) {
    requireNonNull(keys, "keys");
    change(now -> state.override(keys.limit(), settings -> settings.withoutOverride(keys), now));
  }

  @Override
  public void demand(KeyPattern keys, String owner, List<RateLimit> windows, Duration duration) {
    Requirements.positive("duration", duration);
    change(
        now ->
            state.demand(
                new NamedDemand(keys, owner, windows, DueTimes.after(now, duration)), now));
  }

  @Override
  public void endDemand(KeyPattern keys, String owner) {
    requireNonNull(keys, "keys");
    Demand.requireOwner(owner);
    change(now -> state.endDemand(keys, owner, now));
  }

  @Override
  public void pause(LimitKey key) {
    requireNonNull(key, "key");
    change(now -> state.pause(key, Pause.untilResumed(), now));
  }

  @Override
  public void pauseFor(LimitKey key, Duration duration) {
    requireNonNull(key, "key");
    Requirements.positive("duration", duration);
    change(now -> state.pause(key, Pause.until(DueTimes.after(now, duration)), now));
  }

  @Override
  public void resume(LimitKey key) {
    requireNonNull(key, "key");
    change(now -> state.resume(key));
  }

  @Override
  public Optional<KeyStats> key(LimitKey key) {
    requireNonNull(key, "key");
    return guard.locked(() -> state.keyStats(key, time.now()));
  }

  @Override
  public List<KeyStats> keys(String limit, Optional<String> after, int max) {
    requireNonNull(limit, "limit");
    requireNonNull(after, "after");
    Pages.size(max);
    return guard.locked(() -> state.keyStats(limit, after, max, time.now()));
  }
}
