package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.internal.queue.Combination;
import io.ratelimit.core.internal.time.DueTimes;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.Corrected;
import io.ratelimit.core.limit.Decision;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.KeyState;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitState;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.AcquireResult.Granted;
import io.ratelimit.core.queue.AcquireResult.Never;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code InMemoryEventQueue} holds, and each way of an event from one state to another. It
 * reads no clock and holds no lock: not thread-safe.
 */
public final class QueueState {

  /** How many due retries and expired leases one take makes pending again. */
  private static final int MAX_PROMOTED = 100;

  final Map<String, Entry> unfinished = new HashMap<>();
  // The latest unfinished event of each key.
  final Map<String, Entry> latest = new HashMap<>();
  private final Changes changes;
  final RememberedIds remembered;
  final KeyedLimits namedLimits;
  final KeyedEvents keyed;
  final PendingEvents pending;
  final DueEntries delayed = new DueEntries(e -> e.event.id());
  final ExpiringEvents expiring = new ExpiringEvents();
  final LeasedEvents leased = new LeasedEvents();
  final FailedEvents failed = new FailedEvents();
  final ObservedTypes observed;
  final Acquired acquired;
  final Corrections corrections = new Corrections();
  final RememberedIds corrected;
  final Counts counts = new Counts();
  LimitState limit;
  private final QueueRecords records;
  private boolean isNews;

  /**
   * Creates an empty queue.
   *
   * @param named declared unless limits of their names are there
   * @param shared where its named limits are
   */
  public QueueState(
      RateLimit limit,
      Optional<Duration> aging,
      int countedTypes,
      List<NamedLimit> named,
      SharedLimits shared,
      Instant now) {
    this.namedLimits = shared.limits();
    this.changes = namedLimits.changes();
    this.records = new QueueRecords(this, changes);
    this.remembered = new RememberedIds(changes);
    this.corrected = new RememberedIds(changes);
    this.observed = new ObservedTypes(changes);
    this.acquired = new Acquired(changes);
    this.keyed = new KeyedEvents(namedLimits);
    this.limit = LimitState.unused(LimitSettings.of(limit));
    this.pending = new PendingEvents(aging, countedTypes, keyed);
    synchronized (shared.lock()) {
      declare(named, now);
    }
  }

  QueueRecords records() {
    return records;
  }

  /** Sets the limits that are not there. */
  void declare(List<NamedLimit> named, Instant now) {
    named.forEach(each -> namedLimits.declare(each, now));
  }

  /** Takes out an event, wherever it is, as if it had never come. */
  void detach(Entry entry) {
    if (failed.failure(entry) != null) {
      failed.remove(entry.sequence);
      return;
    }
    end(entry);
    if (entry.lease() == null) {
      withdraw(entry, entry.dueAt());
    } else {
      leased.end(entry);
    }
    free(entry);
  }

  /** Adds an unfinished event, which still has to be put where it waits or is held. */
  void attach(Entry entry, boolean isLatest) {
    unfinished.put(entry.event.id(), entry);
    if (isLatest) {
      latest.put(requireNonNull(entry.latestKey()), entry);
    }
  }

  /** What was started up to a time may be missing. */
  void forgetPast(Instant now) {
    limit = LimitState.unknownUntil(now, limit.settings());
    namedLimits.forgetPast(now);
  }

  /**
   * Publishes events.
   *
   * @param charges what each costs in the named limits
   * @param keys of which ones only the latest matters
   */
  public PublishReceipt publish(
      List<AuditEvent> events,
      List<List<Charge>> charges,
      List<Optional<String>> keys,
      PublishTerms terms,
      Instant now) {
    events.forEach(this::requireAdmissible);
    if (charges.stream().anyMatch(each -> !each.isEmpty())) {
      namedLimits.requireAdmissible(events, charges);
      namedLimits.noteHeaviest(charges);
    }
    List<String> duplicates = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      AuditEvent event = events.get(i);
      if (unfinished.containsKey(event.id()) || isRemembered(event.id(), terms, now)) {
        duplicates.add(event.id());
      } else {
        accept(event, charges.get(i), keys.get(i).orElse(null), terms, now);
      }
    }
    return new PublishReceipt(events.size() - duplicates.size(), duplicates);
  }

  private boolean isRemembered(String id, PublishTerms terms, Instant now) {
    return !terms.dedupAfterDone().isZero() && remembered.contains(id, now);
  }

  private void accept(
      AuditEvent event,
      List<Charge> charges,
      @Nullable String key,
      PublishTerms terms,
      Instant now) {
    counts.published++;
    long sequence = counts.published;
    Instant start = DueTimes.after(now, terms.delay());
    Instant publishedAt = start;
    Entry other = key == null ? null : latest.get(key);
    if (other != null && other.lease() == null) {
      Instant due = withdraw(other, now);
      drop(other);
      if (terms.latest().orElseThrow().place() == PublishTerms.Place.KEPT) {
        sequence = other.sequence;
        start = due.isBefore(start) ? due : start;
        publishedAt = other.publishedAt.isBefore(start) ? other.publishedAt : start;
      }
    }
    Entry entry = new Entry(sequence, event, publishedAt, charges);
    changes.note(entry);
    unfinished.put(event.id(), entry);
    if (key != null) {
      entry.setLatestKey(key);
      latest.put(key, entry);
      if (other != null) {
        changes.note(other);
      }
    }
    entry.setDedupAfterDone(terms.dedupAfterDone());
    expire(entry, terms, now);
    if (start.isAfter(now)) {
      delayed.add(entry, start);
    } else {
      pending.add(entry);
    }
  }

  /**
   * Returns whether a later event of its key is unfinished; if none is, it is the latest itself.
   */
  private boolean isOutdated(Entry entry) {
    return entry.latestKey() != null
        && latest.computeIfAbsent(entry.latestKey(), absent -> entry) != entry;
  }

  /** Discards an event that a later one of its key has replaced. */
  private void drop(Entry entry) {
    end(entry);
    counts.discarded++;
    counts.replaced++;
  }

  private void end(Entry entry) {
    changes.note(entry);
    unfinished.remove(entry.event.id(), entry);
    if (entry.latestKey() != null) {
      latest.remove(entry.latestKey(), entry);
    }
  }

  private void expire(Entry entry, PublishTerms terms, Instant now) {
    if (terms.expiry().isPresent()) {
      entry.expire(
          DueTimes.after(now, terms.expiry().get().after()),
          terms.expiry().get().then() == PublishTerms.Expired.FAILED);
      expiring.add(entry);
    }
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

  public TakeResult take(TakeRequest request, Instant now) {
    List<Lease> leases = leased.heldBy(request);
    if (!leases.isEmpty()) {
      return new TakeResult.Taken(leases);
    }
    promote(now);
    namedLimits.forgetSome(now);
    while (leases.size() < request.maxEvents()) {
      Entry next = next(request.types(), now);
      if (next == null) {
        return taken(leases, nothingOpen(request.types()));
      }
      Optional<String> refusal = namedLimits.refusal(next.charges);
      if (refusal.isPresent()) {
        removePending(next);
        giveUp(next, refusal.get(), now);
        continue;
      }
      Decision decision = limit.decide(now, next.event.weight());
      if (decision instanceof Decision.Granted granted) {
        limit = granted.next();
        next.setHeld(
            next.charges.isEmpty() ? List.of() : namedLimits.start(next.charges, granted.start()));
        removePending(next);
        counts.starts++;
        counts.startedPermits += next.event.weight();
        next.attempts++;
        leases.add(leased.lease(next, request, leases.size(), granted.start()));
        changes.note(next);
      } else if (decision instanceof Decision.NeverAdmissible never) {
        removePending(next);
        giveUp(
            next,
            "weighs " + never.weight() + " but the limit has " + never.permits() + " permits",
            now);
      } else {
        return taken(leases, denied(decision, now));
      }
    }
    return new TakeResult.Taken(leases);
  }

  private static TakeResult taken(List<Lease> leases, TakeResult rest) {
    return leases.isEmpty() ? rest : new TakeResult.Taken(leases, Optional.of(rest));
  }

  private void removePending(Entry entry) {
    pending.remove(entry);
    expiring.remove(entry);
  }

  /** The event waits for a permit again, unless a later one has replaced it. */
  private void waitAgain(Entry entry) {
    changes.note(entry);
    if (isOutdated(entry)) {
      drop(entry);
    } else {
      pending.add(entry);
      expiring.add(entry);
    }
  }

  public List<AcquireResult> acquire(List<AcquireRequest> requests, Instant now) {
    requests.forEach(request -> namedLimits.requireWindows(request.charges().named()));
    List<AcquireResult> results = new ArrayList<>();
    Map<Combination, AcquireResult> inFront = new HashMap<>();
    for (AcquireRequest request : requests) {
      AcquireResult result = acquired.find(request.id(), now);
      if (result == null) {
        result = never(request.charges()).orElse(null);
      }
      if (result == null) {
        Combination line = Combination.of(request.charges());
        result = inFront.get(line);
        if (result == null) {
          result = acquire(request, now);
          if (!(result instanceof Granted)) {
            inFront.put(line, result);
          }
        }
      }
      results.add(result);
    }
    return results;
  }

  private Optional<AcquireResult> never(Charges charges) {
    int most = settings().largestWeight();
    return charges.permits() > most
        ? Optional.of(new Never(charges.permits(), most))
        : namedLimits.never(charges.named()).map(Function.identity());
  }

  private AcquireResult acquire(AcquireRequest request, Instant now) {
    int permits = request.charges().permits();
    List<Charge> charges = request.charges().named();
    Instant at = notBeforeLatest(now).truncatedTo(ChronoUnit.MICROS);
    Optional<AcquireResult> closed = closed(charges, at);
    if (closed.isPresent()) {
      return closed.get();
    }
    Instant start = at;
    if (permits > 0) {
      Decision decision = limit.decide(now, permits);
      if (!(decision instanceof Decision.Granted granted)) {
        return limit.settings().isPaused(now)
            ? new AcquireResult.Paused(limit.settings().pause().flatMap(Pause::until))
            : new AcquireResult.NotBefore(told((Decision.NotBefore) decision, now));
      }
      limit = granted.next();
      start = granted.start();
      counts.acquiredPermits += permits;
    }
    namedLimits.pay(charges, start);
    Granted result = new Granted(start);
    acquired.add(request.id(), result, now);
    return result;
  }

  /** Returns why keys do not admit a start that is no attempt, if they do not. */
  private Optional<AcquireResult> closed(List<Charge> charges, Instant at) {
    List<Pause> pauses =
        charges.stream().flatMap(charge -> namedLimits.pause(charge.key(), at).stream()).toList();
    if (!pauses.isEmpty()) {
      boolean isEndless = pauses.stream().anyMatch(pause -> pause.until().isEmpty());
      Optional<Instant> last =
          pauses.stream().flatMap(pause -> pause.until().stream()).max(Instant::compareTo);
      return Optional.of(new AcquireResult.Paused(isEndless ? Optional.empty() : last));
    }
    return charges.stream()
        .map(c -> namedLimits.lookAt(c.key(), at, namedLimits.openingForCall(c, at)))
        .max(Instant::compareTo)
        .filter(opening -> opening.isAfter(at))
        .map(AcquireResult.NotBefore::new);
  }

  /** Corrects what the attempt of a lease cost. */
  public CorrectionReceipt correct(Lease lease, Costs costs, Instant now) {
    Entry entry = leased.heldBy(lease);
    if (entry == null) {
      return CorrectionReceipt.staleLease();
    }
    changes.note(entry);
    Instant start = requireNonNull(entry.lease()).takenAt();
    Corrections.Tally tally = corrections.new Tally(now);
    costs
        .permits()
        .ifPresent(
            cost -> {
              int paid = entry.costs().permits().orElse(entry.event.weight());
              if (correctOwn(start, cost - paid, now, tally)) {
                entry.setCosts(entry.costs().withPermits(cost));
              }
            });
    // In one order, as what is told first may bring another nearer to its bound.
    new TreeMap<>(costs.named())
        .forEach((name, cost) -> correctNamed(entry, start, name, cost, now, tally));
    costs.usages().stream()
        .sorted(Comparator.comparing(Costs.Usage::period).thenComparing(Costs.Usage::limit))
        .forEach(usage -> debitUsed(entry, start, usage, now, tally));
    return tally.receipt();
  }

  /** Corrects what a start cost that no event was taken for. */
  public CorrectionReceipt correct(AcquireRequest request, Granted granted, int cost, Instant now) {
    Corrections.Tally tally = corrections.new Tally(now);
    String id = "corrected " + request.id();
    if (!corrected.contains(id, now)
        && correctOwn(granted.start(), cost - request.charges().permits(), now, tally)) {
      corrected.add(id, now.plus(EventQueue.REMEMBERED_REQUESTS));
    }
    return tally.receipt();
  }

  private boolean correctOwn(Instant start, long change, Instant now, Corrections.Tally tally) {
    if (change == 0) {
      return false;
    }
    Optional<Corrected<LimitState>> result = limit.corrected(start, change, now);
    result.ifPresentOrElse(
        other -> {
          limit = other.next();
          tally.count(Optional.empty(), other);
        },
        tally::drop);
    return result.isPresent();
  }

  private void correctNamed(
      Entry entry, Instant start, String name, int cost, Instant now, Corrections.Tally tally) {
    Optional<Charge> charge = entry.charge(name);
    int paid = entry.costs().named().getOrDefault(name, charge.map(Charge::cost).orElse(0));
    if (charge.isPresent() && cost == paid) {
      return;
    }
    Optional<Corrected<KeyState>> result =
        charge.flatMap(paidIn -> namedLimits.correct(paidIn.key(), start, cost - paid, now));
    if (count(charge, result, tally)) {
      entry.setCosts(entry.costs().with(name, cost));
    }
  }

  private void debitUsed(
      Entry entry, Instant start, Costs.Usage usage, Instant now, Corrections.Tally tally) {
    entry
        .charge(usage.limit())
        .ifPresentOrElse(
            charge ->
                namedLimits
                    .used(charge.key(), start, usage.period(), usage.used(), now)
                    .ifPresent(other -> count(Optional.of(charge), Optional.of(other), tally)),
            tally::drop);
  }

  @CanIgnoreReturnValue
  private boolean count(
      Optional<Charge> charge, Optional<Corrected<KeyState>> result, Corrections.Tally tally) {
    if (charge.isEmpty() || result.isEmpty()) {
      tally.drop();
      return false;
    }
    LimitKey key = charge.get().key();
    tally.count(Optional.of(key), result.get());
    keyed.lookAgain(Optional.ofNullable(namedLimits.find(key)).stream().toList());
    return true;
  }

  private void promote(Instant now) {
    List<Entry> retries = delayed.pollDue(now, MAX_PROMOTED);
    List<Entry> expired = leased.endExpired(now, MAX_PROMOTED - retries.size());
    for (Entry retry : retries) {
      changes.note(retry);
      free(retry);
      pending.add(retry);
    }
    for (Entry entry : expired) {
      free(entry);
      waitAgain(entry);
    }
    counts.expiredLeases += expired.size();
    expiring.pollExpired(now).forEach(entry -> expire(entry, now));
  }

  private void expire(Entry entry, Instant now) {
    withdraw(entry, now);
    if (entry.failsExpired()) {
      giveUp(entry, "expired", now);
    } else {
      end(entry);
      counts.discarded++;
    }
    counts.expired++;
  }

  /** Returns the next event whose keys are open; what is before it and not open stands aside. */
  private @Nullable Entry next(WantedTypes wanted, Instant now) {
    while (true) {
      Instant at = keyed.isEmpty() ? now : notBeforeLatest(now);
      keyed.wake(at);
      Entry next = pending.next(now, wanted);
      if (next == null
          || next.charges.isEmpty()
          || namedLimits.refusal(next.charges).isPresent()
          || keyed.admits(next, at)) {
        return next;
      }
    }
  }

  /** A clock that goes back is taken to stand still at the latest start. */
  private Instant notBeforeLatest(Instant now) {
    return limit.latestStart().filter(latest -> latest.isAfter(now)).orElse(now);
  }

  private TakeResult nothingOpen(WantedTypes wanted) {
    Optional<Instant> due = nextDue();
    Optional<Instant> opening = keyed.nextOpening(wanted);
    if (opening.isEmpty()) {
      return new TakeResult.Empty(due);
    }
    return new TakeResult.NotBefore(due.filter(opening.get()::isAfter).orElse(opening.get()));
  }

  private void free(Entry entry) {
    free(entry, entry.held());
  }

  private void free(Entry entry, List<Charge> charges) {
    if (!charges.isEmpty()) {
      entry.setHeld(entry.held().stream().filter(charge -> !charges.contains(charge)).toList());
      List<KeyedLimits.Counted> freed = namedLimits.end(charges);
      keyed.lookAgain(freed);
      isNews |= freed.stream().anyMatch(key -> key.hasLineOf(keyed));
    }
  }

  /**
   * Returns whether the end of an attempt let others start, or a lease ends earlier, since this was
   * asked last.
   */
  public boolean takeNews() {
    boolean news = isNews;
    isNews = false;
    return news;
  }

  private TakeResult denied(Decision decision, Instant now) {
    if (limit.settings().isPaused(now)) {
      return new TakeResult.Paused(limit.settings().pause().flatMap(Pause::until));
    }
    return new TakeResult.NotBefore(told((Decision.NotBefore) decision, now));
  }

  /**
   * Returns when to ask again: of what comes after the end of a raise nothing is said, as it may be
   * extended, of which nobody is told.
   */
  private Instant told(Decision.NotBefore decision, Instant now) {
    return limit
        .settings()
        .raisedUntil(notBeforeLatest(now))
        .filter(decision.at()::isAfter)
        .orElse(decision.at());
  }

  private Optional<Instant> nextDue() {
    Optional<Instant> retry = delayed.nextDue();
    Optional<Instant> expiry = leased.nextExpiry();
    if (retry.isEmpty() || expiry.isEmpty()) {
      return retry.or(() -> expiry);
    }
    return retry.get().isBefore(expiry.get()) ? retry : expiry;
  }

  public Settlement ack(Lease lease, Instant now) {
    return settleAttempt(
        lease,
        now,
        Optional.empty(),
        entry -> {
          free(entry);
          end(entry);
          if (!entry.dedupAfterDone().isZero()) {
            remembered.add(entry.event.id(), DueTimes.after(now, entry.dedupAfterDone()));
          }
          counts.done++;
        });
  }

  public Settlement retry(Lease lease, Instant dueAt, String reason, Instant now) {
    return settleAttempt(
        lease,
        now,
        Optional.of(reason),
        entry -> {
          if (isOutdated(entry)) {
            free(entry);
            drop(entry);
            return;
          }
          free(entry, entry.held().stream().filter(c -> !namedLimits.retriesHold(c)).toList());
          changes.note(entry);
          delayed.add(entry, dueAt);
          expiring.add(entry);
          counts.retried++;
        });
  }

  public Settlement fail(Lease lease, String reason, Instant now) {
    return settleAttempt(
        lease,
        now,
        Optional.of(reason),
        entry -> {
          free(entry);
          giveUp(entry, reason, now);
        });
  }

  /**
   * The same as settling, and the attempt counts among those of its type.
   *
   * @param failure why the attempt failed, if it did
   */
  private Settlement settleAttempt(
      Lease lease, Instant now, Optional<String> failure, Consumer<Entry> next) {
    Entry entry = leased.heldBy(lease);
    if (entry != null) {
      Lease held = requireNonNull(entry.lease());
      observed.add(entry.event.type(), Duration.between(held.takenAt(), now), failure.isPresent());
      failure.ifPresent(reason -> entry.noteAttempt(held, now, reason));
    }
    return settle(lease, next);
  }

  public Settlement release(Lease lease) {
    return settle(
        lease,
        entry -> {
          free(entry);
          entry.attempts--;
          waitAgain(entry);
        });
  }

  /** Ends a lease if it still holds its event, which then goes where the next step puts it. */
  private Settlement settle(Lease lease, Consumer<Entry> next) {
    Entry entry = leased.heldBy(lease);
    if (entry == null) {
      return Settlement.STALE_LEASE;
    }
    leased.end(entry);
    next.accept(entry);
    return Settlement.SETTLED;
  }

  private void giveUp(Entry entry, String reason, Instant now) {
    end(entry);
    failed.add(entry, reason, now);
    counts.givenUp++;
  }

  public Settlement extend(Lease lease, Instant expiresAt) {
    Entry entry = leased.heldBy(lease);
    if (entry == null) {
      return Settlement.STALE_LEASE;
    }
    changes.note(entry);
    isNews |= expiresAt.isBefore(requireNonNull(entry.lease()).expiresAt());
    leased.extend(entry, expiresAt);
    return Settlement.SETTLED;
  }

  public QueueStats stats(Instant now) {
    return new QueueStats(
        now,
        counts.published,
        pending.countByPriority(),
        pending.countByType(),
        delayed.size(),
        leased.size(),
        counts.done,
        failed.size(),
        counts.discarded,
        0,
        counts.starts,
        counts.startedPermits,
        counts.acquiredPermits,
        counts.retried,
        counts.givenUp,
        counts.replaced,
        counts.expired,
        counts.expiredLeases,
        corrections.stats(),
        pending.oldest().map(oldest -> Duration.between(oldest, now)),
        limit.startsInWindow(now),
        limit.largestWindows(),
        limit.assumedStarts(now),
        limit.latestStart(),
        nextStart(now),
        observed.histories(),
        pending.permitsByType(limit.settings().normal().permits()),
        pending.setAside(now),
        limit.settings(),
        Duration.ZERO,
        keyed.loads(delayed.size() > 0, now));
  }

  private Optional<Instant> nextStart(Instant now) {
    return limit.decide(now, 1) instanceof Decision.NotBefore later
        ? Optional.of(later.at())
        : Optional.empty();
  }

  public List<Lease> leases(int max) {
    return leased.first(max);
  }

  List<FailedEvent> latestFailures(int max) {
    return failed.latest(max).stream().map(FailedEvents.Failure::toEvent).toList();
  }

  public List<QueuedEvent> peek(Priority priority, long afterSequence, int max) {
    return pending.page(priority, afterSequence, max);
  }

  public Amendment cancel(String id, Instant now) {
    Entry entry = unfinished.get(id);
    if (entry == null) {
      return Amendment.NOT_FOUND;
    }
    if (entry.lease() != null) {
      return Amendment.LEASED;
    }
    withdraw(entry, now);
    end(entry);
    counts.discarded++;
    return Amendment.MADE;
  }

  public Amendment reprioritize(String id, Priority priority) {
    Entry entry = unfinished.get(id);
    if (entry == null) {
      return Amendment.NOT_FOUND;
    }
    if (entry.lease() != null) {
      return Amendment.LEASED;
    }
    if (entry.event.type().priority() != priority) {
      exchange(entry, entry.withPriority(priority));
    }
    return Amendment.MADE;
  }

  /** An event that waits is another one from now on, with the same id. */
  private void exchange(Entry entry, Entry other) {
    changes.note(other);
    expiring.remove(entry);
    if (delayed.remove(entry)) {
      delayed.add(other, entry.dueAt());
    } else {
      pending.withdraw(entry);
      pending.add(other);
    }
    expiring.add(other);
    unfinished.put(other.event.id(), other);
    if (entry.latestKey() != null) {
      latest.replace(entry.latestKey(), entry, other);
    }
  }

  /** Takes an event from where it waits, and returns until when it was delayed, or this time. */
  @CanIgnoreReturnValue
  private Instant withdraw(Entry entry, Instant now) {
    expiring.remove(entry);
    if (delayed.remove(entry)) {
      free(entry);
      return entry.dueAt();
    }
    pending.withdraw(entry);
    return now;
  }

  public ClearReceipt clear(ClearScope scope) {
    long clearedPending = scope.includesPending() ? forget(pending.drain()) : 0;
    long clearedDelayed = scope.includesPending() ? forget(delayed.drain()) : 0;
    if (scope.includesFailed()) {
      failed.all().forEach(failure -> changes.note(failure.entry()));
    }
    long clearedFailed = scope.includesFailed() ? failed.clear() : 0;
    ClearReceipt receipt = new ClearReceipt(clearedPending, clearedDelayed, clearedFailed);
    counts.discarded += receipt.total();
    return receipt;
  }

  private int forget(List<Entry> entries) {
    for (Entry entry : entries) {
      free(entry);
      expiring.remove(entry);
      end(entry);
    }
    return entries.size();
  }

  List<FailedEvent> failures(long afterSequence, int max) {
    return failed.page(afterSequence, max).stream().map(FailedEvents.Failure::toEvent).toList();
  }

  Redrive redrive(long sequence) {
    Entry entry = failed.find(sequence);
    return entry == null ? Redrive.NOT_FOUND : bringBack(entry);
  }

  RedriveReceipt redriveAll(long afterSequence, int max) {
    List<FailedEvents.Failure> page = failed.page(afterSequence, max);
    int redriven = 0;
    for (FailedEvents.Failure failure : page) {
      if (bringBack(failure.entry()) == Redrive.REDRIVEN) {
        redriven++;
      }
    }
    OptionalLong next =
        page.size() < max
            ? OptionalLong.empty()
            : OptionalLong.of(page.get(page.size() - 1).entry().sequence);
    return new RedriveReceipt(redriven, page.size() - redriven, 0, next);
  }

  private Redrive bringBack(Entry failure) {
    Entry entry = failure.redriven();
    if (unfinished.containsKey(entry.event.id()) || isOutdated(entry)) {
      return Redrive.DUPLICATE;
    }
    changes.note(entry);
    unfinished.put(entry.event.id(), entry);
    failed.remove(entry.sequence);
    pending.add(entry);
    return Redrive.REDRIVEN;
  }

  boolean purge(long sequence) {
    Entry entry = failed.find(sequence);
    if (entry != null) {
      changes.note(entry);
    }
    boolean found = failed.remove(sequence);
    counts.discarded += found ? 1 : 0;
    return found;
  }

  List<NamedLimit> namedLimits() {
    return namedLimits.limits();
  }

  void setNamedLimit(NamedLimit limit, Instant now) {
    keyed.lookAgain(namedLimits.set(limit, now));
  }

  Optional<NamedLimitSettings> namedLimit(String limit) {
    return namedLimits.settings(limit);
  }

  void override(String limit, UnaryOperator<NamedLimitSettings> change, Instant now) {
    keyed.lookAgain(namedLimits.override(limit, change, now));
  }

  /** Returns whether it may let others start: one whose end is moved does not. */
  boolean demand(NamedDemand demand, Instant now) {
    boolean isRenewal = namedLimits.isRenewal(demand, now);
    keyed.lookAgain(namedLimits.demand(demand, now));
    return !isRenewal;
  }

  void endDemand(KeyPattern keys, String owner, Instant now) {
    namedLimits.endDemand(keys, owner, now);
  }

  void pause(LimitKey key, Pause pause, Instant now) {
    keyed.lookAgain(List.of(namedLimits.pause(key, pause, now)));
  }

  void resume(LimitKey key) {
    namedLimits.resume(key).ifPresent(resumed -> keyed.lookAgain(List.of(resumed)));
  }

  /** Ends all that is in flight and waits, so that it holds nobody up who shares its limits. */
  public void end() {
    unfinished.values().forEach(this::free);
    List<Entry> unused = keyed.drain();
  }

  Optional<KeyStats> keyStats(LimitKey key, Instant now) {
    return namedLimits.stats(key, now, keyed);
  }

  List<KeyStats> keyStats(String name, Optional<String> after, int max, Instant now) {
    return namedLimits.stats(name, after, max, now, keyed);
  }

  LimitSettings settings() {
    return limit.settings();
  }

  LimitSettings changeSettings(UnaryOperator<LimitSettings> change) {
    limit = limit.withSettings(change.apply(limit.settings()));
    return limit.settings();
  }
}
