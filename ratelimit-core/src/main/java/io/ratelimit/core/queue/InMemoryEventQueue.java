package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.memory.Guard;
import io.ratelimit.core.internal.memory.InMemoryFailedQueue;
import io.ratelimit.core.internal.memory.InMemoryLimitControl;
import io.ratelimit.core.internal.memory.InMemoryNamedLimitControl;
import io.ratelimit.core.internal.memory.QueueState;
import io.ratelimit.core.internal.memory.SharedLimits;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An {@link EventQueue} in this JVM's memory: for hosts with one process, for tests and for
 * simulations. Its contents are lost when the JVM ends.
 *
 * <p>Thread-safe. A take and its settle cost O(log n) in the number of events.
 */
public final class InMemoryEventQueue implements EventQueue {

  private final Optional<String> name;
  private final Time time;
  private final Guard guard;
  private final QueueState state;
  private final FailedQueue failedQueue;
  private final LimitControl limitControl;
  private final Limits limits;
  private final NamedLimitControl namedLimitControl;

  private InMemoryEventQueue(Builder builder) {
    this.name = builder.name;
    this.time = builder.time;
    this.limits = builder.limits;
    SharedLimits shared =
        builder.scope.map(scope -> scope.shared).orElseGet(() -> new SharedLimits(false));
    shared.join(time);
    this.state =
        new QueueState(
            builder.limit,
            builder.aging,
            builder.countedTypes,
            limits.declared(),
            shared,
            time.now());
    this.guard = new Guard(shared);
    this.failedQueue = new InMemoryFailedQueue(guard, state);
    this.limitControl = new InMemoryLimitControl(guard, state, time);
    this.namedLimitControl = new InMemoryNamedLimitControl(guard, state, time);
  }

  /** Returns an empty queue under this limit, in real time, without aging. */
  public static InMemoryEventQueue create(RateLimit limit) {
    return builder(limit).build();
  }

  /** Prepares an empty queue under this limit. */
  public static Builder builder(RateLimit limit) {
    return new Builder(limit);
  }

  /** Configures a queue. Not thread-safe. */
  public static final class Builder {
    private final RateLimit limit;
    private Optional<String> name = Optional.empty();
    private Time time = Time.system();
    private Optional<Duration> aging = Optional.empty();
    private Limits limits = Limits.none();
    private Optional<LimitScope> scope = Optional.empty();
    private int countedTypes = COUNTED_TYPES;

    private Builder(RateLimit limit) {
      this.limit = requireNonNull(limit, "limit");
    }

    /**
     * Names the queue, see {@link EventQueue#name}; it has no name by default.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    @CanIgnoreReturnValue
    public Builder name(String newName) {
      this.name = Optional.of(Requirements.notBlank("name", newName));
      return this;
    }

    /** Sets the time that the queue uses; real time by default. */
    @CanIgnoreReturnValue
    public Builder time(Time newTime) {
      this.time = requireNonNull(newTime, "time");
      return this;
    }

    /**
     * Makes an event rise by one priority for each such interval that it has waited, so low
     * priorities cannot starve. Off by default.
     *
     * @throws IllegalArgumentException if the interval is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder aging(Duration interval) {
      this.aging = Optional.of(Requirements.positive("aging interval", interval));
      return this;
    }

    /** Sets the named limits; none by default. */
    @CanIgnoreReturnValue
    public Builder limits(Limits newLimits) {
      this.limits = requireNonNull(newLimits, "limits");
      return this;
    }

    /**
     * Shares named limits with the other queues of a scope; by default they are the queue's own.
     * All queues of a scope live in the same time.
     */
    @CanIgnoreReturnValue
    public Builder scope(LimitScope newScope) {
      this.scope = Optional.of(newScope);
      return this;
    }

    /**
     * Sets how many types of pending events are counted one by one, where each weight above 1
     * counts as one more type. Events of further types are counted as {@link
     * io.ratelimit.core.event.EventType#OTHERS}, and are otherwise treated like all events. {@value
     * EventQueue#COUNTED_TYPES} by default.
     *
     * @throws IllegalArgumentException if it is not 1 to {@value EventQueue#MAX_COUNTED_TYPES}
     */
    @CanIgnoreReturnValue
    public Builder countedTypes(int most) {
      this.countedTypes =
          Requirements.between("number of counted types", most, 1, EventQueue.MAX_COUNTED_TYPES);
      return this;
    }

    /**
     * Creates the queue.
     *
     * @throws IllegalArgumentException if other queues of its scope live in another time
     */
    public InMemoryEventQueue build() {
      return new InMemoryEventQueue(this);
    }
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
    return guard.locked(
        () -> state.publish(copy, charges, keys, terms, time.now()),
        receipt -> receipt.accepted() > 0);
  }

  @Override
  public TakeResult take(TakeRequest request) {
    requireNonNull(request, "request");
    return guard.locked(() -> state.take(request, time.now()));
  }

  @Override
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    List<AcquireRequest> copy = Pages.upTo("requests", requests);
    return guard.locked(() -> state.acquire(copy, time.now()));
  }

  @Override
  public CorrectionReceipt correct(Lease lease, Costs costs) {
    requireNonNull(lease, "lease");
    requireNonNull(costs, "costs");
    return corrected(() -> state.correct(lease, costs, time.now()));
  }

  @Override
  public CorrectionReceipt correct(
      AcquireRequest request, AcquireResult.Granted granted, int cost) {
    requireNonNull(request, "request");
    requireNonNull(granted, "granted");
    Requirements.between("cost", cost, 0, RateLimit.MAX_PERMITS);
    return corrected(() -> state.correct(request, granted, cost, time.now()));
  }

  /** Tells of it if it let others start. */
  private CorrectionReceipt corrected(Supplier<CorrectionReceipt> correct) {
    return guard.locked(correct, receipt -> receipt.returned() > 0);
  }

  @Override
  public Settlement ack(Lease lease) {
    requireNonNull(lease, "lease");
    return settled(() -> state.ack(lease, time.now()));
  }

  @Override
  public AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
    requireNonNull(request, "request");
    List<Lease> all = List.copyOf(leases);
    try {
      return settled(
          () -> {
            Instant now = time.now();
            return AckedAndTaken.inTurn(
                all, lease -> state.ack(lease, now), () -> state.take(request, now));
          });
    } catch (IllegalStateException closed) {
      return new AckedAndTaken(List.of(), Optional.empty(), Optional.of(closed));
    }
  }

  @Override
  public List<Settlement> ackAll(Collection<Lease> leases) {
    List<Lease> all = List.copyOf(leases);
    return settled(
        () -> {
          Instant now = time.now();
          return all.stream().map(lease -> state.ack(lease, now)).toList();
        });
  }

  private record Settled<T>(T result, boolean isNews) {}

  /** Tells of it if it let others start. */
  private <T> T settled(Supplier<T> settle) {
    return guard.locked(() -> new Settled<>(settle.get(), state.takeFreed()), Settled::isNews)
        .result;
  }

  @Override
  public Settlement retry(Lease lease, Duration delay, String reason) {
    requireNonNull(lease, "lease");
    Requirements.notNegative("delay", delay);
    requireNonNull(reason, "reason");
    // Whoever sleeps until something falls due must hear of what may fall due earlier.
    return guard.locked(() -> retry(lease, delay, reason, time.now()), Settlement.SETTLED::equals);
  }

  private Settlement retry(Lease lease, Duration delay, String reason, Instant now) {
    return state.retry(lease, DueTimes.after(now, delay), reason, now);
  }

  @Override
  public Settlement fail(Lease lease, String reason) {
    requireNonNull(lease, "lease");
    requireNonNull(reason, "reason");
    return settled(() -> state.fail(lease, reason, time.now()));
  }

  @Override
  public Settlement release(Lease lease) {
    requireNonNull(lease, "lease");
    return guard.locked(() -> state.release(lease), Settlement.SETTLED::equals);
  }

  @Override
  public Settlement extend(Lease lease, Duration duration) {
    requireNonNull(lease, "lease");
    Requirements.positive("duration", duration);
    return guard.locked(() -> state.extend(lease, DueTimes.after(time.now(), duration)));
  }

  @Override
  public QueueStats stats() {
    return guard.locked(() -> state.stats(time.now()));
  }

  @Override
  public List<QueuedEvent> peek(Priority priority, long afterSequence, int max) {
    requireNonNull(priority, "priority");
    Pages.size(max);
    return guard.locked(() -> state.peek(priority, afterSequence, max));
  }

  @Override
  public List<Lease> leases(int max) {
    Pages.size(max);
    return guard.locked(() -> state.leases(max));
  }

  @Override
  public Amendment cancel(String id) {
    requireNonNull(id, "id");
    return guard.locked(() -> state.cancel(id, time.now()), Amendment.MADE::equals);
  }

  @Override
  public Amendment reprioritize(String id, Priority priority) {
    requireNonNull(id, "id");
    requireNonNull(priority, "priority");
    return guard.locked(() -> state.reprioritize(id, priority), Amendment.MADE::equals);
  }

  @Override
  public ClearReceipt clear(ClearScope scope) {
    requireNonNull(scope, "scope");
    return guard.locked(() -> state.clear(scope));
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
    guard.close(state::end);
  }
}
