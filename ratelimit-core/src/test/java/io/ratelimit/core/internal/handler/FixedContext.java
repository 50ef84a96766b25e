package io.ratelimit.core.internal.handler;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.Lease;
import java.time.Duration;
import java.time.Instant;

/** An attempt that is never canceled or extended. */
record FixedContext(Lease lease) implements AttemptContext {

  @Override
  public AuditEvent event() {
    return lease.event();
  }

  @Override
  public int attempt() {
    return lease.attempt();
  }

  @Override
  public Instant publishedAt() {
    return lease.publishedAt();
  }

  @Override
  public Instant deadline() {
    return lease.expiresAt();
  }

  @Override
  public Instant leaseExpiresAt() {
    return lease.expiresAt();
  }

  @Override
  public Instant extend(Duration time) {
    return deadline();
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void onCancel(Runnable action) {}

  @Override
  public void cost(int permits) {}

  @Override
  public void cost(String limit, int cost) {}

  @Override
  public void used(Costs.Usage usage) {}
}
