package io.ratelimit.benchmarks.redis;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AckedAndTaken;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes to and drains a queue over Redis, at a limit too high to matter. */
final class QueueMeasurement implements AutoCloseable {

  /** The size of batches to take and to publish. */
  static final int BATCH = 50;

  static final int PUBLISH_BATCH = 500;

  private static final RateLimit UNLIMITED =
      RateLimit.of(RateLimit.MAX_PERMITS).perSecond().withBurst(10_000);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final int LONGEST_ROUND = 20_000;

  private final RedisEventQueue queue;
  private final List<EventType> types = new ArrayList<>(EventTypes.standard().all());
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();
  private final String client = UUID.randomUUID().toString();
  private final Queue<Lease> inHand = new ConcurrentLinkedQueue<>();
  private final int wallets;
  private int pending;

  QueueMeasurement(MeasuredRedis redis) {
    this(redis, Limits.none(), 100);
  }

  /** Prepares a queue with named limits and events of this many wallets. */
  QueueMeasurement(MeasuredRedis redis, Limits limits, int wallets) {
    this.wallets = wallets;
    this.queue =
        RedisEventQueue.builder(UNLIMITED)
            .uri(redis.uri())
            .namespace("benchmark")
            .commandTimeout(Duration.ofSeconds(30))
            .limits(limits)
            .startUp(RedisEventQueue.StartUp.FULL)
            .connect();
  }

  /** Publishes events, one batch per call. */
  Rate publish(Lanes lanes, int events, int batch) throws InterruptedException {
    Rate rate = lanes.finish(events, batch, () -> queue.publish(newEvents(batch)).accepted());
    pending += (int) rate.events();
    return rate;
  }

  private List<AuditEvent> newEvents(int count) {
    List<AuditEvent> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long number = published.incrementAndGet();
      EventType type = types.get((int) (number % types.size()));
      events.add(AuditEvent.of("event-" + number, type, "wallet-" + number % wallets));
    }
    return events;
  }

  /** Returns the number of pending events. */
  int pending() {
    return pending;
  }

  /** Takes and acknowledges this many pending events. */
  Rate take(Lanes lanes, int events, int batch) throws InterruptedException {
    Rate rate = lanes.finish(events, batch, () -> takeAndAck(batch));
    pending -= (int) rate.events();
    return rate;
  }

  /** Takes and acknowledges all pending events. */
  void empty(Lanes lanes) throws InterruptedException {
    Rate unused = take(lanes, pending, BATCH);
  }

  /** Fills the queue up to this length. */
  Rate fill(Lanes lanes, int length) throws InterruptedException {
    return length > pending ? publish(lanes, length - pending, PUBLISH_BATCH) : Rate.NONE;
  }

  /**
   * Takes and acknowledges for at least this time, in rounds of up to half of the queue. Refilling
   * it between rounds is not measured.
   */
  Rate drain(Lanes lanes, int length, int batch, Duration duration) throws InterruptedException {
    return drain(lanes, length, batch, duration, () -> takeAndAck(batch));
  }

  /** Drains with one call that acknowledges an event and takes the next. */
  Rate drainAhead(Lanes lanes, int length, Duration duration) throws InterruptedException {
    Rate rate = drain(lanes, length, 1, duration, this::ackAndTake);
    pending -= queue.ackAll(inHand).size();
    inHand.clear();
    return rate;
  }

  private Rate drain(Lanes lanes, int length, int batch, Duration duration, Lanes.Step step)
      throws InterruptedException {
    int perRound = Math.min(length / 2, LONGEST_ROUND);
    Rate total = Rate.NONE;
    while (total.nanos() < duration.toNanos()) {
      Rate filled = fill(lanes, length);
      Rate round = lanes.finish(perRound, batch, step);
      if (round.events() < perRound / 2) {
        throw new IllegalStateException(
            "of " + perRound + " events only " + round.events() + " came, after " + filled);
      }
      pending -= (int) round.events();
      total = total.plus(round);
    }
    return total;
  }

  private TakeRequest request(int batch) {
    String id = client + '-' + requests.incrementAndGet();
    return new TakeRequest(id, "benchmark", batch, LEASE);
  }

  private int ackAndTake() {
    Lease held = inHand.poll();
    boolean acked = false;
    TakeResult result;
    if (held == null) {
      result = queue.take(request(1));
    } else {
      AckedAndTaken both = queue.ackAndTake(List.of(held), request(1));
      acked = both.acked().contains(Settlement.SETTLED);
      result = both.taken().orElseThrow();
    }
    if (result instanceof TakeResult.Taken taken) {
      inHand.addAll(taken.leases());
    }
    return acked ? 1 : 0;
  }

  private int takeAndAck(int batch) {
    TakeResult result = queue.take(request(batch));
    if (!(result instanceof TakeResult.Taken taken)) {
      return 0;
    }
    List<Lease> leases = taken.leases();
    List<Settlement> settled =
        leases.size() == 1 ? List.of(queue.ack(leases.get(0))) : queue.ackAll(leases);
    return Collections.frequency(settled, Settlement.SETTLED);
  }

  @Override
  public void close() {
    queue.close();
  }
}
