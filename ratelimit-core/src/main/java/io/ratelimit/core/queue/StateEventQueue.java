package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.memory.Guard;
import io.ratelimit.core.internal.memory.GuardedFailedQueue;
import io.ratelimit.core.internal.memory.GuardedLimitControl;
import io.ratelimit.core.internal.memory.GuardedNamedLimitControl;
import io.ratelimit.core.internal.memory.QueueState;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** A queue whose state a {@link Guard} lets at: in memory alone, or kept in a store. */
abstract class StateEventQueue implements EventQueue {

  private final Optional<String> name;
  private final Time time;
  private final Guard guard;
  private final FailedQueue failedQueue;
  private final LimitControl limitControl;
  private final Limits limits;
  private final NamedLimitControl namedLimitControl;

  StateEventQueue(Optional<String> name, Time time, Limits limits, Guard guard) {
    this.name = name;
    this.time = time;
    this.limits = limits;
    this.guard = guard;
    this.failedQueue = new GuardedFailedQueue(guard);
    this.limitControl = new GuardedLimitControl(guard);
    this.namedLimitControl = new GuardedNamedLimitControl(guard);
  }

  @Override
  public Optional<String> name() {
    return name;
  }

  @Override
  public Time time() {
    return time;
  }

  @Override
  public PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms) {
    List<AuditEvent> copy = List.copyOf(events);
    requireNonNull(terms, "terms");
    List<List<Charge>> charges = copy.stream().map(limits::charges).toList();
    List<Optional<String>> keys =
        copy.stream().map(event -> terms.latest().flatMap(latest -> latest.of(event))).toList();
    return guard.lockedAt(
        (state, now) -> state.publish(copy, charges, keys, terms, now),
        receipt -> receipt.accepted() > 0);
  }

  @Override
  public TakeResult take(TakeRequest request) {
    requireNonNull(request, "request");
    return guard.lockedAt((state, now) -> state.take(request, now));
  }

  @Override
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    List<AcquireRequest> copy = Pages.upTo("requests", requests);
    return guard.lockedAt((state, now) -> state.acquire(copy, now));
  }

  @Override
  public CorrectionReceipt correct(Lease lease, Costs costs) {
    requireNonNull(lease, "lease");
    requireNonNull(costs, "costs");
    return corrected((state, now) -> state.correct(lease, costs, now));
  }

  @Override
  public CorrectionReceipt correct(
      AcquireRequest request, AcquireResult.Granted granted, int cost) {
    requireNonNull(request, "request");
    requireNonNull(granted, "granted");
    Requirements.between("cost", cost, 0, RateLimit.MAX_PERMITS);
    return corrected((state, now) -> state.correct(request, granted, cost, now));
  }

  /** Tells of it if it let others start. */
  private CorrectionReceipt corrected(BiFunction<QueueState, Instant, CorrectionReceipt> correct) {
    return guard.lockedAt(correct, receipt -> receipt.returned() > 0);
  }

  @Override
  public Settlement ack(Lease lease) {
    requireNonNull(lease, "lease");
    return settled((state, now) -> state.ack(lease, now));
  }

  @Override
  public AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
    requireNonNull(request, "request");
    List<Lease> all = List.copyOf(leases);
    try {
      return settled(
          (state, now) ->
              AckedAndTaken.inTurn(
                  all, lease -> state.ack(lease, now), () -> state.take(request, now)));
    } catch (IllegalStateException closed) {
      return new AckedAndTaken(List.of(), Optional.empty(), Optional.of(closed));
    }
  }

  @Override
  public List<Settlement> ackAll(Collection<Lease> leases) {
    List<Lease> all = List.copyOf(leases);
    return settled((state, now) -> all.stream().map(lease -> state.ack(lease, now)).toList());
  }

  private record Settled<T>(T result, boolean isNews) {}

  /** Tells of it if it let others start, or has something fall due earlier. */
  private <T> T settled(BiFunction<QueueState, Instant, T> settle) {
    return guard.lockedAt(
            (state, now) -> new Settled<>(settle.apply(state, now), state.takeNews()),
            Settled::isNews)
        .result;
  }

  @Override
  public Settlement retry(Lease lease, Duration delay, String reason) {
    requireNonNull(lease, "lease");
    Requirements.notNegative("delay", delay);
    requireNonNull(reason, "reason");
    // Whoever sleeps until something falls due must hear of what may fall due earlier.
    return guard.lockedAt(
        (state, now) -> state.retry(lease, DueTimes.after(now, delay), reason, now),
        Settlement.SETTLED::equals);
  }

  @Override
  public Settlement fail(Lease lease, String reason) {
    requireNonNull(lease, "lease");
    requireNonNull(reason, "reason");
    return settled((state, now) -> state.fail(lease, reason, now));
  }

  @Override
  public Settlement release(Lease lease) {
    requireNonNull(lease, "lease");
    return guard.locked(state -> state.release(lease), Settlement.SETTLED::equals);
  }

  @Override
  public Settlement extend(Lease lease, Duration duration) {
    requireNonNull(lease, "lease");
    Requirements.positive("duration", duration);
    return settled((state, now) -> state.extend(lease, DueTimes.after(now, duration)));
  }

  @Override
  public QueueStats stats() {
    return guard.lockedAt((state, now) -> state.stats(now));
  }

  @Override
  public List<QueuedEvent> peek(Priority priority, long afterSequence, int max) {
    requireNonNull(priority, "priority");
    Pages.size(max);
    return guard.locked(state -> state.peek(priority, afterSequence, max));
  }

  @Override
  public List<Lease> leases(int max) {
    Pages.size(max);
    return guard.locked(state -> state.leases(max));
  }

  @Override
  public Amendment cancel(String id) {
    requireNonNull(id, "id");
    return guard.lockedAt((state, now) -> state.cancel(id, now), Amendment.MADE::equals);
  }

  @Override
  public Amendment reprioritize(String id, Priority priority) {
    requireNonNull(id, "id");
    requireNonNull(priority, "priority");
    return guard.locked(state -> state.reprioritize(id, priority), Amendment.MADE::equals);
  }

  @Override
  public ClearReceipt clear(ClearScope scope) {
    requireNonNull(scope, "scope");
    // Whoever waits for the limit learns that nothing is left to wait for.
    return guard.locked(
        state -> state.clear(scope), receipt -> receipt.pending() + receipt.delayed() > 0);
  }

  @Override
  public FailedQueue failedQueue() {
    return failedQueue;
  }

  @Override
  public LimitControl limitControl() {
    return limitControl;
  }

  @Override
  public NamedLimitControl namedLimitControl() {
    return namedLimitControl;
  }

  @Override
  public Subscription onChange(Runnable listener) {
    requireNonNull(listener, "listener");
    return guard.subscribe(listener);
  }

  @Override
  public void close() {
    guard.close();
  }
}
