package io.ratelimit.examples;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.StoredEventQueue;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.queue.NamedLimitsContract;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.LongStream;
import javax.sql.DataSource;

/** A queue over SQL does what every queue must do about named limits. */
class SqlNamedLimitsContractTest extends NamedLimitsContract {

  private static final DataSource DATABASE = TestDatabase.inMemory();

  private final VirtualTime time = VirtualTime.startingAt(Instant.parse("2026-01-01T00:00:00Z"));

  private SqlStore store() {
    return new TestDatabase.Clocked(DATABASE, UUID.randomUUID().toString(), time).create();
  }

  @Override
  protected EventQueue createQueue(RateLimit limit, Limits limits) {
    return StoredEventQueue.builder(store(), limit).time(time).limits(limits).build();
  }

  @Override
  protected void advance(Duration duration) {
    time.advance(duration);
  }

  @Override
  protected LongStream seeds() {
    return LongStream.range(0, 5);
  }
}
