package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EventQueue} in this JVM's memory: for hosts that run in one process, for tests and for
 * simulations. What it holds is lost with the JVM.
 *
 * <p>Thread-safe. A take and its settle cost O(log n) in the number of events.
 */
public final class InMemoryEventQueue implements EventQueue {

  /** How many due retries and expired leases one take makes pending again. */
  private static final int MAX_PROMOTED = 100;

  private final Time time;
  private final ChangeListeners listeners = new ChangeListeners();
  private final FailedQueue failedQueue = new Failed();
  private final LimitControl limitControl = new Limits();

  private final Object lock = new Object();
  // All below are guarded by the lock.
  private final Map<String, Entry> unfinished = new HashMap<>();
  private final PendingEvents pending;
  private final NavigableSet<Entry> delayed = new TreeSet<>(Entry.BY_DUE_TIME);
  private final NavigableSet<Entry> leased = new TreeSet<>(Entry.BY_DUE_TIME);
  private final Map<String, Lease> leasesByToken = new HashMap<>();
  private final NavigableMap<Long, Entry> failed = new TreeMap<>();
  private LimitState limit;
  private long published;
  private long done;
  private long discarded;
  private long starts;
  private long expiredLeases;
  private boolean closed;

  private InMemoryEventQueue(Builder builder) {
    this.time = builder.time;
    this.pending = new PendingEvents(builder.aging);
    this.limit = LimitState.unused(LimitSettings.of(builder.limit));
  }

  /** An empty queue under this limit, in real time, without aging. */
  public static InMemoryEventQueue create(RateLimit limit) {
    return builder(limit).build();
  }

  /** Prepares an empty queue under this limit. */
  public static Builder builder(RateLimit limit) {
    return new Builder(limit);
  }

  /** What can be chosen about a queue. Not thread-safe. */
  public static final class Builder {
    private final RateLimit limit;
    private Time time = Time.system();
    private Optional<Duration> aging = Optional.empty();

    private Builder(RateLimit limit) {
      this.limit = requireNonNull(limit, "limit");
    }

    /** The time that the queue lives in; real time by default. */
    @CanIgnoreReturnValue
    public Builder time(Time newTime) {
      this.time = requireNonNull(newTime, "time");
      return this;
    }

    /**
     * Lets an event rise by one priority for each such interval that it has waited, so that low
     * priorities cannot starve. Off by default.
     *
     * @throws IllegalArgumentException if the interval is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder aging(Duration interval) {
      Requirements.positive("aging interval", interval);
      this.aging = Optional.of(interval);
      return this;
    }

    /** Creates the queue. */
    public InMemoryEventQueue build() {
      return new InMemoryEventQueue(this);
    }
  }

  @Override
  public Time time() {
    return time;
  }

  @Override
  public PublishReceipt publish(Collection<AuditEvent> events) {
    List<AuditEvent> copy = List.copyOf(events);
    List<String> duplicates = new ArrayList<>();
    synchronized (lock) {
      requireOpen();
      Instant now = time.now();
      copy.forEach(this::requireAdmissible);
      for (AuditEvent event : copy) {
        if (unfinished.containsKey(event.id())) {
          duplicates.add(event.id());
        } else {
          published++;
          Entry entry = new Entry(published, event, now);
          unfinished.put(event.id(), entry);
          pending.add(entry);
        }
      }
    }
    int accepted = copy.size() - duplicates.size();
    if (accepted > 0) {
      listeners.tell();
    }
    return new PublishReceipt(accepted, duplicates);
  }

  private void requireAdmissible(AuditEvent event) {
    RateLimit normal = limit.settings().normal();
    if (event.weight() > normal.permits()) {
      throw new IllegalArgumentException(
          "event "
              + event.id()
              + " weighs "
              + event.weight()
              + " and could never start under the limit of "
              + normal
              + "; nothing was published");
    }
  }

  @Override
  public TakeResult take(TakeRequest request) {
    synchronized (lock) {
      requireOpen();
      List<Lease> leases = leasesOf(request);
      if (!leases.isEmpty()) {
        return new TakeResult.Taken(leases);
      }
      Instant now = time.now();
      promote(now);
      while (leases.size() < request.maxEvents()) {
        Entry next = pending.next(now);
        if (next == null) {
          return leases.isEmpty() ? new TakeResult.Empty(nextDue()) : new TakeResult.Taken(leases);
        }
        Decision decision = limit.decide(now, next.event.weight());
        if (decision instanceof Decision.Granted granted) {
          limit = granted.next();
          leases.add(lease(next, request, leases.size(), granted.start()));
        } else if (decision instanceof Decision.NeverAdmissible never) {
          pending.remove(next);
          giveUp(
              next,
              "weighs " + never.weight() + " but the limit has " + never.permits() + " permits",
              now);
        } else if (!leases.isEmpty()) {
          return new TakeResult.Taken(leases);
        } else {
          return denied(decision, now);
        }
      }
      return new TakeResult.Taken(leases);
    }
  }

  private TakeResult denied(Decision decision, Instant now) {
    if (limit.settings().isPaused(now)) {
      return new TakeResult.Paused(limit.settings().pause().flatMap(Pause::until));
    }
    return new TakeResult.NotBefore(((Decision.NotBefore) decision).at());
  }

  private List<Lease> leasesOf(TakeRequest request) {
    List<Lease> leases = new ArrayList<>();
    for (int n = 0; n < request.maxEvents(); n++) {
      Lease lease = leasesByToken.get(request.token(n));
      if (lease != null) {
        leases.add(lease);
      }
    }
    return leases;
  }

  private Lease lease(Entry entry, TakeRequest request, int n, Instant start) {
    pending.remove(entry);
    starts++;
    entry.attempts++;
    entry.token = request.token(n);
    entry.dueAt = DueTimes.after(start, request.lease());
    leased.add(entry);
    Lease lease =
        new Lease(
            entry.token,
            entry.sequence,
            entry.event,
            entry.attempts,
            request.worker(),
            entry.publishedAt,
            start,
            entry.dueAt);
    leasesByToken.put(lease.token(), lease);
    return lease;
  }

  private void promote(Instant now) {
    int promoted = 0;
    while (promoted < MAX_PROMOTED && !delayed.isEmpty() && !delayed.first().dueAt.isAfter(now)) {
      pending.add(requireNonNull(delayed.pollFirst()));
      promoted++;
    }
    while (promoted < MAX_PROMOTED && !leased.isEmpty() && !leased.first().dueAt.isAfter(now)) {
      Entry expired = leased.first();
      endLease(expired);
      pending.add(expired);
      expiredLeases++;
      promoted++;
    }
  }

  private Optional<Instant> nextDue() {
    Optional<Instant> retry = delayed.isEmpty() ? Optional.empty() : due(delayed);
    Optional<Instant> expiry = leased.isEmpty() ? Optional.empty() : due(leased);
    if (retry.isEmpty() || expiry.isEmpty()) {
      return retry.or(() -> expiry);
    }
    return retry.get().isBefore(expiry.get()) ? retry : expiry;
  }

  private static Optional<Instant> due(NavigableSet<Entry> entries) {
    return Optional.of(entries.first().dueAt);
  }

  private void endLease(Entry entry) {
    leased.remove(entry);
    leasesByToken.remove(entry.token);
    entry.token = "";
  }

  private void giveUp(Entry entry, String reason, Instant now) {
    unfinished.remove(entry.event.id());
    entry.reason = reason;
    entry.failedAt = now;
    failed.put(entry.sequence, entry);
  }

  /** What a settle does to the event once its lease is ended. */
  private interface Settle {
    void apply(Entry entry, Instant now);
  }

  private Settlement settle(Lease lease, Settle settle) {
    synchronized (lock) {
      requireOpen();
      Entry entry = holder(lease);
      if (entry == null) {
        return Settlement.STALE_LEASE;
      }
      endLease(entry);
      settle.apply(entry, time.now());
      return Settlement.SETTLED;
    }
  }

  private @Nullable Entry holder(Lease lease) {
    Entry entry = unfinished.get(lease.event().id());
    return entry != null && entry.token.equals(lease.token()) ? entry : null;
  }

  @Override
  public Settlement ack(Lease lease) {
    return settle(
        lease,
        (entry, now) -> {
          unfinished.remove(entry.event.id());
          done++;
        });
  }

  @Override
  public Settlement retry(Lease lease, Duration delay, String reason) {
    Requirements.notNegative("delay", delay);
    requireNonNull(reason, "reason");
    Settlement settlement =
        settle(
            lease,
            (entry, now) -> {
              entry.dueAt = DueTimes.after(now, delay);
              delayed.add(entry);
            });
    // Whoever sleeps until something falls due must hear of what may fall due earlier.
    return notifyIfSettled(settlement);
  }

  @Override
  public Settlement fail(Lease lease, String reason) {
    requireNonNull(reason, "reason");
    return settle(lease, (entry, now) -> giveUp(entry, reason, now));
  }

  @Override
  public Settlement release(Lease lease) {
    Settlement settlement =
        settle(
            lease,
            (entry, now) -> {
              entry.attempts--;
              pending.add(entry);
            });
    return notifyIfSettled(settlement);
  }

  private Settlement notifyIfSettled(Settlement settlement) {
    if (settlement == Settlement.SETTLED) {
      listeners.tell();
    }
    return settlement;
  }

  @Override
  public Settlement extend(Lease lease, Duration duration) {
    Requirements.positive("duration", duration);
    synchronized (lock) {
      requireOpen();
      Entry entry = holder(lease);
      if (entry == null) {
        return Settlement.STALE_LEASE;
      }
      leased.remove(entry);
      Instant expiresAt = DueTimes.after(time.now(), duration);
      entry.dueAt = expiresAt;
      leased.add(entry);
      leasesByToken.computeIfPresent(entry.token, (token, held) -> held.withExpiresAt(expiresAt));
      return Settlement.SETTLED;
    }
  }

  @Override
  public QueueStats stats() {
    synchronized (lock) {
      requireOpen();
      Instant now = time.now();
      return new QueueStats(
          now,
          published,
          pending.countByPriority(),
          pending.countByType(),
          delayed.size(),
          leased.size(),
          done,
          failed.size(),
          discarded,
          starts,
          expiredLeases,
          pending.oldest().map(oldest -> Duration.between(oldest, now)),
          limit.startsInWindow(now),
          limit.latestStart(),
          limit.settings());
    }
  }

  @Override
  public List<QueuedEvent> peek(Priority priority, long afterSequence, int max) {
    Requirements.pageSize(max);
    synchronized (lock) {
      requireOpen();
      return pending.page(priority, afterSequence, max);
    }
  }

  @Override
  public ClearReceipt clear(ClearScope scope) {
    synchronized (lock) {
      requireOpen();
      long clearedPending = 0;
      long clearedDelayed = 0;
      long clearedFailed = 0;
      if (scope.includesPending()) {
        List<Entry> waiting = pending.drain();
        waiting.forEach(entry -> unfinished.remove(entry.event.id()));
        delayed.forEach(entry -> unfinished.remove(entry.event.id()));
        clearedPending = waiting.size();
        clearedDelayed = delayed.size();
        delayed.clear();
      }
      if (scope.includesFailed()) {
        clearedFailed = failed.size();
        failed.clear();
      }
      ClearReceipt receipt = new ClearReceipt(clearedPending, clearedDelayed, clearedFailed);
      discarded += receipt.total();
      return receipt;
    }
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
  public Subscription onChange(Runnable listener) {
    requireNonNull(listener, "listener");
    synchronized (lock) {
      requireOpen();
      return listeners.add(listener);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      listeners.clear();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the queue is closed");
    }
  }

  private final class Failed implements FailedQueue {

    @Override
    public List<FailedEvent> page(long afterSequence, int max) {
      Requirements.pageSize(max);
      synchronized (lock) {
        requireOpen();
        return entries(afterSequence, max).stream().map(Entry::failed).toList();
      }
    }

    private List<Entry> entries(long afterSequence, int max) {
      return failed.tailMap(afterSequence, false).values().stream().limit(max).toList();
    }

    @Override
    public Redrive redrive(long sequence) {
      Redrive redrive;
      synchronized (lock) {
        requireOpen();
        Entry entry = failed.get(sequence);
        redrive = entry == null ? Redrive.NOT_FOUND : bringBack(entry);
      }
      if (redrive == Redrive.REDRIVEN) {
        listeners.tell();
      }
      return redrive;
    }

    private Redrive bringBack(Entry entry) {
      if (unfinished.containsKey(entry.event.id())) {
        return Redrive.DUPLICATE;
      }
      failed.remove(entry.sequence);
      entry.attempts = 0;
      unfinished.put(entry.event.id(), entry);
      pending.add(entry);
      return Redrive.REDRIVEN;
    }

    @Override
    public RedriveReceipt redriveAll(long afterSequence, int max) {
      Requirements.pageSize(max);
      int redriven = 0;
      List<Entry> page;
      synchronized (lock) {
        requireOpen();
        page = entries(afterSequence, max);
        for (Entry entry : page) {
          if (bringBack(entry) == Redrive.REDRIVEN) {
            redriven++;
          }
        }
      }
      if (redriven > 0) {
        listeners.tell();
      }
      OptionalLong next =
          page.size() < max
              ? OptionalLong.empty()
              : OptionalLong.of(page.get(page.size() - 1).sequence);
      return new RedriveReceipt(redriven, page.size() - redriven, next);
    }

    @Override
    public boolean purge(long sequence) {
      synchronized (lock) {
        requireOpen();
        if (failed.remove(sequence) == null) {
          return false;
        }
        discarded++;
        return true;
      }
    }
  }

  private final class Limits implements LimitControl {

    @Override
    public LimitSettings settings() {
      synchronized (lock) {
        requireOpen();
        return limit.settings();
      }
    }

    private LimitSettings change(UnaryOperator<LimitSettings> change) {
      LimitSettings before;
      LimitSettings after;
      synchronized (lock) {
        requireOpen();
        before = limit.settings();
        after = change.apply(before);
        limit = limit.withSettings(after);
      }
      if (after.version() != before.version()) {
        listeners.tell();
      }
      return after;
    }

    @Override
    public LimitSettings changeLimit(RateLimit normal) {
      return change(settings -> settings.withNormal(normal));
    }

    @Override
    public LimitSettings declareEmergency(RateLimit raised, Duration duration) {
      Requirements.positive("duration", duration);
      return change(
          settings -> settings.withEmergency(raised, DueTimes.after(time.now(), duration)));
    }

    @Override
    public LimitSettings endEmergency() {
      return change(LimitSettings::withoutEmergency);
    }

    @Override
    public LimitSettings pause() {
      return change(settings -> settings.withPause(Pause.untilResumed()));
    }

    @Override
    public LimitSettings pauseFor(Duration duration) {
      Requirements.positive("duration", duration);
      return change(
          settings -> settings.withPause(Pause.until(DueTimes.after(time.now(), duration))));
    }

    @Override
    public LimitSettings resume() {
      return change(LimitSettings::resumed);
    }
  }
}
