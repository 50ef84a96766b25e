package io.ratelimit.micrometer;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.queue.KeyStats;
import io.ratelimit.core.queue.NamedLimitControl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The control of named limits whose calls are timed. */
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
