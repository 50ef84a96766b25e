package io.ratelimit.core.internal.engine;

import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Takes events for the free lanes, and is the only one to wait for the limit: it asks again exactly
 * when the queue said to, when something changed, or when a lane came free. {@link #run} is the
 * task of one {@link Loop}; the rest is thread-safe.
 */
final class Dispatcher implements Loop.Task {

  /** How long a take that found nothing is trusted, should a wake-up be lost. */
  private static final Duration IDLE_POLL = Duration.ofSeconds(2);

  /**
   * How long any answer is trusted, and that no lane is free: a limit may have been raised, and the
   * wake-up lost.
   */
  private static final Duration LONGEST_TRUST = Duration.ofSeconds(30);

  private final EventQueue queue;
  private final String worker;
  private final Supplier<String> requestIds;
  private final Duration lease;
  private final WantedTypes types;
  private final Lanes lanes;
  private final BiConsumer<Lease, Lane> starter;
  private final Runnable onDrained;
  private final Time time;
  private Optional<TakeRequest> unanswered = Optional.empty();
  private Instant askAgainAt = Instant.MIN;
  private volatile boolean changed;
  private volatile boolean foundNothing;
  private volatile Optional<Instant> answeredAt = Optional.empty();
  private volatile Optional<Instant> takenAt = Optional.empty();

  Dispatcher(
      EventQueue queue,
      String worker,
      Supplier<String> requestIds,
      Duration lease,
      WantedTypes types,
      Lanes lanes,
      BiConsumer<Lease, Lane> starter,
      Runnable onDrained) {
    this.queue = queue;
    this.worker = worker;
    this.requestIds = requestIds;
    this.lease = lease;
    this.types = types;
    this.lanes = lanes;
    this.starter = starter;
    this.onDrained = onDrained;
    this.time = queue.time();
  }

  /** The queue may have something now that it did not have before. */
  void queueChanged() {
    changed = true;
  }

  /** A lane came free; if the queue had nothing, what that lane did may have changed it. */
  void laneVacated() {
    if (foundNothing) {
      changed = true;
    }
  }

  Optional<Instant> answeredAt() {
    return answeredAt;
  }

  Optional<Instant> takenAt() {
    return takenAt;
  }

  @Override
  public Instant run() {
    if (changed) {
      changed = false;
      askAgainAt = Instant.MIN;
    }
    Instant now = time.now();
    if (askAgainAt.isAfter(now)) {
      return askAgainAt;
    }
    List<Lane> ready = lanes.ready();
    if (ready.isEmpty()) {
      return now.plus(lanes.untilReady().orElse(LONGEST_TRUST));
    }
    askAgainAt = take(ready);
    return askAgainAt;
  }

  private Instant take(List<Lane> ready) {
    // A request that got no answer is repeated as it was, so that it is granted only once.
    TakeRequest request = unanswered.filter(r -> r.maxEvents() <= ready.size()).orElse(null);
    if (request == null) {
      int wanted = Math.min(ready.size(), TakeRequest.MAX_EVENTS);
      request = new TakeRequest(requestIds.get(), worker, wanted, lease, types);
    }
    unanswered = Optional.of(request);
    TakeResult result = queue.take(request);
    unanswered = Optional.empty();
    Instant now = time.now();
    answeredAt = Optional.of(now);
    foundNothing = result instanceof TakeResult.Empty;
    if (result instanceof TakeResult.Taken taken) {
      takenAt = Optional.of(now);
      start(taken.leases(), ready);
    } else if (result instanceof TakeResult.Empty empty && empty.nextDue().isEmpty()) {
      onDrained.run();
    }
    Instant at = result.askAgainAt(now, IDLE_POLL);
    Instant latest = now.plus(LONGEST_TRUST);
    return at.isBefore(latest) ? at : latest;
  }

  private void start(List<Lease> leases, List<Lane> ready) {
    FirstFailure failure = new FirstFailure();
    for (int i = 0; i < leases.size(); i++) {
      Lease taken = leases.get(i);
      Lane lane = ready.get(i);
      // One that cannot be started is given back; the others are not kept waiting.
      failure.keep(() -> starter.accept(taken, lane));
    }
    failure.rethrow();
  }
}
