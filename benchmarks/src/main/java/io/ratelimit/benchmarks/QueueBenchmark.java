package io.ratelimit.benchmarks;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The in-memory queue on one thread, with a constant length and a limit too high to matter. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms4g", "-Xmx4g"})
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class QueueBenchmark {

  private static final RateLimit UNLIMITED =
      RateLimit.of(RateLimit.MAX_PERMITS).per(Duration.ofMillis(1)).withBurst(1_000_000);
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final int BATCH = 1_000;

  /** The number of pending events. */
  @Param({"1000", "10000", "100000", "1000000"})
  public int pending;

  private InMemoryEventQueue queue = InMemoryEventQueue.create(UNLIMITED);
  private final List<AuditEvent> acknowledged = new ArrayList<>(BATCH);
  private long requests;

  /** Fills the queue once; its length stays the same. */
  @Setup(Level.Trial)
  public void fill() {
    queue = InMemoryEventQueue.create(UNLIMITED);
    List<EventType> types = List.copyOf(EventTypes.standard().all());
    List<AuditEvent> events = new ArrayList<>(pending);
    for (int i = 0; i < pending; i++) {
      events.add(AuditEvent.of(Integer.toString(i), types.get(i % types.size()), "wallet"));
    }
    queue.publish(events);
  }

  /** Republishes acknowledged events outside the measurement, without creating new objects. */
  @TearDown(Level.Invocation)
  public void refill() {
    queue.publish(acknowledged);
    acknowledged.clear();
  }

  /** Takes and acknowledges events one by one, with two calls each. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int takeAck() {
    int settled = 0;
    for (int i = 0; i < BATCH; i++) {
      Lease lease = take();
      settled += queue.ack(lease) == Settlement.SETTLED ? 1 : 0;
      acknowledged.add(lease.event());
    }
    return settled;
  }

  private Lease take() {
    requests++;
    TakeResult result = queue.take(TakeRequest.one(Long.toString(requests), "benchmark", LEASE));
    return ((TakeResult.Taken) result).leases().get(0);
  }
}
