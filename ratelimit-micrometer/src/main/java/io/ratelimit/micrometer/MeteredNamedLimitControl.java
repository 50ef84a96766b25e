package io.ratelimit.micrometer;

import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Times calls to the control of named limits. */
record MeteredNamedLimitControl(NamedLimitControl control, StoreCalls calls)
    implements NamedLimitControl {

  @Override
  public List<NamedLimit> limits() {
    return calls.timed("named-limits", control::limits);
  }

  @Override
  public void set(NamedLimit limit) {
    calls.timed("set-named-limit", () -> control.set(limit));
  }

  @Override
  public Optional<NamedLimitSettings> settings(String limit) {
    return calls.timed("named-limit", () -> control.settings(limit));
  }

  @Override
  public void override(KeyPattern keys, List<RateLimit> windows) {
    calls.timed("override-named-limit", () -> control.override(keys, windows));
  }

  @Override
  public void removeOverride(KeyPattern keys) {
    calls.timed("remove-override", () -> control.removeOverride(keys));
  }

  @Override
  public void demand(KeyPattern keys, String owner, List<RateLimit> windows, Duration duration) {
    calls.timed("demand-named", () -> control.demand(keys, owner, windows, duration));
  }

  @Override
  public void endDemand(KeyPattern keys, String owner) {
    calls.timed("end-named-demand", () -> control.endDemand(keys, owner));
  }

  @Override
  public void pause(LimitKey key) {
    calls.timed("pause-key", () -> control.pause(key));
  }

  @Override
  public void pauseFor(LimitKey key, Duration duration) {
    calls.timed("pause-key-for", () -> control.pauseFor(key, duration));
  }

  @Override
  public void resume(LimitKey key) {
    calls.timed("resume-key", () -> control.resume(key));
  }

  @Override
  public Optional<KeyStats> key(LimitKey key) {
    return calls.timed("key", () -> control.key(key));
  }

  @Override
  public List<KeyStats> keys(String limit, Optional<String> after, int max) {
    return calls.timed("keys", () -> control.keys(limit, after, max));
  }
}
