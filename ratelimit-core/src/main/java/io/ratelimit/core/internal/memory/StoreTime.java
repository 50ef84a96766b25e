package io.ratelimit.core.internal.memory;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A store's time in a process whose clock may differ: this process's, moved by what they differed
 * when the store was asked last. Thread-safe.
 */
public final class StoreTime implements Time {

  private final Time here;
  private final AtomicReference<Instant> latest = new AtomicReference<>(Instant.MIN);
  private volatile Duration ahead = Duration.ZERO;

  public StoreTime(Time here) {
    this.here = here;
  }

  /** Learns what time it was in the store a moment ago. */
  void tell(Instant there) {
    ahead = Duration.between(here.now(), there);
  }

  @Override
  public Instant now() {
    Instant now = here.now().plus(ahead);
    return latest.accumulateAndGet(now, (one, other) -> one.isAfter(other) ? one : other);
  }

  @Override
  public void parkUntil(Instant deadline) {
    here.parkUntil(deadline.equals(Instant.MAX) ? deadline : deadline.minus(ahead));
  }

  @Override
  public void unpark(@Nullable Thread thread) {
    here.unpark(thread);
  }

  @Override
  public void execute(Executor executor, Runnable task) {
    here.execute(executor, task);
  }
}
