package io.ratelimit.core.internal.queue;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Creates ids that are unique across engines and processes, whatever their names: a request with
 * another one's id would get that one's events without paying for them. Thread-safe.
 */
public final class RequestIds implements Supplier<String> {

  private final String prefix = UUID.randomUUID().toString() + '-';
  private final AtomicLong count = new AtomicLong();

  @Override
  public String get() {
    return prefix + count.incrementAndGet();
  }
}
