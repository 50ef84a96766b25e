package io.ratelimit.redis;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.ChangeListeners;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AckedAndTaken;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.FailedQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.LimitControl;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.NamedLimitControl;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.internal.calls.Acquirer;
import io.ratelimit.redis.internal.calls.Amender;
import io.ratelimit.redis.internal.calls.Corrector;
import io.ratelimit.redis.internal.calls.Publisher;
import io.ratelimit.redis.internal.calls.Settlements;
import io.ratelimit.redis.internal.calls.Taker;
import io.ratelimit.redis.internal.connection.Link;
import io.ratelimit.redis.internal.control.Clearing;
import io.ratelimit.redis.internal.control.RedisFailedQueue;
import io.ratelimit.redis.internal.control.RedisLimitControl;
import io.ratelimit.redis.internal.control.RedisNamedLimitControl;
import io.ratelimit.redis.internal.control.RedisRoundHistory;
import io.ratelimit.redis.internal.script.Keys;
import io.ratelimit.redis.internal.script.Rows;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.session.Session;
import io.ratelimit.redis.internal.store.Store;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireEvents;
import io.ratelimit.redis.internal.wire.WireSettings;
import io.ratelimit.redis.internal.wire.WireStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link EventQueue} in Redis, shared by any number of processes: their starts together obey one
 * limit, by the clock of Redis.
 *
 * <p>All queues of one namespace in one Redis are one queue. The limit is stored in Redis too: the
 * one given here is the <em>initial</em> one, and only a namespace without a limit uses it, unless
 * it has a {@linkplain Builder#limitVersion version}. From then on, the latest explicit change
 * through {@link #limitControl()} counts, whichever process makes it. {@link #notes} says if the
 * limit in Redis differs.
 *
 * <p>A server that was restarted or took over from another may lack the last starts, so the queue
 * assumes as many as possible. It does the same if the server was emptied and a process is running
 * that remembers the settings, which are then set again. Lost events are lost; see {@code
 * docs/redis.md} for settings under which Redis loses none.
 *
 * <p>Thread-safe. Methods block until Redis answers, at most for the command timeout, whether or
 * not the thread is interrupted. Without an answer from Redis they throw {@link
 * QueueUnavailableException}, whose message says what happened to the events. Connections that are
 * lost, fall silent, or lead to a server that refuses are replaced automatically, including those
 * of a host's client.
 */
public final class RedisEventQueue implements EventQueue {

  private static final Logger log = LoggerFactory.getLogger(RedisEventQueue.class);

  private static final int CLEARED_AT_ONCE = 1_000;

  /** How many bytes of rounds {@link #history()} keeps: 16 MiB. */
  public static final long DEFAULT_HISTORY_BYTES = 16L << 20;

  /** The fewest bytes of rounds that can be chosen. */
  public static final long LEAST_HISTORY_BYTES = 2L * RoundRecord.MAX_BYTES;

  /** How long {@link #history()} keeps rounds: 35 days, which are five of each weekday. */
  public static final Duration DEFAULT_HISTORY_AGE = Duration.ofDays(35);

  // For a queue that is opened only if it has a limit.
  private static final RateLimit UNUSED_LIMIT = RateLimit.of(1).perMinute();

  /** What to assume about a past that neither Redis nor this process knows. */
  public enum StartUp {
    /**
     * Assumes that earlier users of the API obeyed the limit and the ceiling given here: the past
     * counts as filled with starts of weight 1 as densely as these allow. The first start is one
     * interval later under a limit without a burst, and up to a window later with bursts or a
     * ceiling.
     */
    WAIT,
    /**
     * Assumes that no permit was spent: the whole burst may start at once. Use it for a namespace
     * that is known to be new; otherwise the limit may be exceeded once.
     */
    FULL
  }

  private final String namespace;
  private final Store store;
  private final Session session;
  private final ChangeListeners listeners = new ChangeListeners();
  private final Publisher publisher;
  final Taker taker;
  private final Acquirer acquirer;
  private final Corrector corrector;
  private final Settlements settlements;
  private final Amender amender;
  private final FailedQueue failedQueue;
  private final RedisLimitControl limitControl;
  // Empty for who only opens what exists.
  private final Optional<RateLimit> configuredLimit;
  private final Limits limits;
  private final RedisNamedLimitControl namedLimitControl;

  private RedisEventQueue(Builder builder, Keys keys, Store store, boolean existing) {
    long failedAgeMicros = builder.failedAgeLimit.map(Micros::ceiling).orElse(0L);
    this.namespace = builder.namespace;
    this.configuredLimit = existing ? Optional.empty() : Optional.of(builder.initialLimit);
    this.store = store;
    this.session =
        new Session(
            store,
            keys,
            builder.time,
            Optional.ofNullable(builder.givenTime),
            existing ? "existing" : builder.startUp == StartUp.WAIT ? "wait" : "full",
            WireSettings.initial(
                builder.initialLimit, Optional.ofNullable(builder.initialCeiling)));
    this.limits = builder.limits;
    this.namedLimitControl = new RedisNamedLimitControl(session, listeners);
    this.publisher =
        new Publisher(
            session,
            listeners,
            builder.countedTypes,
            limits,
            () -> namedLimitControl.declare(limits.declared()));
    this.taker =
        new Taker(
            session, builder.aging.map(Micros::ceiling).orElse(0L), failedAgeMicros, this::waiter);
    this.acquirer = new Acquirer(session, () -> namedLimitControl.declare(limits.declared()));
    this.corrector = new Corrector(session, listeners);
    this.settlements = new Settlements(session, listeners, failedAgeMicros, builder.retainDone);
    this.amender = new Amender(session, listeners);
    this.failedQueue = new RedisFailedQueue(session, listeners);
    this.limitControl = new RedisLimitControl(session, listeners);
  }

  /**
   * Connects to the queue of a namespace, with the defaults of the {@link Builder}.
   *
   * @param uri the address of Redis, as {@link Builder#uri(String)} accepts it
   * @param namespace names the queue, as {@link Builder#namespace} says
   * @param initialLimit the limit, if the namespace has none yet
   * @throws IllegalArgumentException if the URI or the namespace is invalid
   * @throws QueueUnavailableException if Redis cannot be reached
   */
  public static RedisEventQueue connect(String uri, String namespace, RateLimit initialLimit) {
    return builder(initialLimit).uri(uri).namespace(namespace).connect();
  }

  /**
   * Connects to an existing queue of a namespace, as {@link Builder#connectExisting()} does.
   *
   * @param uri the address of Redis, as {@link Builder#uri(String)} accepts it
   * @param namespace names the queue
   * @throws IllegalArgumentException if the URI or the namespace is invalid
   * @throws NoSuchQueueException if there is none
   * @throws QueueUnavailableException if Redis cannot be reached
   */
  public static RedisEventQueue connectExisting(String uri, String namespace) {
    return builder(UNUSED_LIMIT).uri(uri).namespace(namespace).connectExisting();
  }

  /**
   * Prepares a connection.
   *
   * @param initialLimit the limit, if the namespace has none yet
   */
  public static Builder builder(RateLimit initialLimit) {
    return new Builder(initialLimit);
  }

  /** Configures a queue and its connection. Not thread-safe. */
  public static final class Builder extends RedisQueueBuilder {

    private Builder(RateLimit initialLimit) {
      super(initialLimit);
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * Connects.
     *
     * @throws IllegalArgumentException if the namespace has another form, or if a client of the
     *     host would repeat commands
     * @throws QueueUnavailableException if Redis cannot be reached
     * @throws io.ratelimit.core.queue.QueueException if the namespace is in another format
     */
    public RedisEventQueue connect() {
      return open(false);
    }

    /**
     * Connects to the queue only if it exists, and never creates it: for programs that read or
     * operate queues. If it is lost or removed later, calls report that until another process
     * creates it again. The initial limit, the ceiling and {@link #startUp} are not used.
     *
     * @throws IllegalArgumentException if the namespace has another form
     * @throws NoSuchQueueException if there is none; names similar ones, if the user may run {@code
     *     SCAN}
     * @throws QueueUnavailableException if Redis cannot be reached
     * @throws io.ratelimit.core.queue.QueueException if the namespace is in another format
     */
    public RedisEventQueue connectExisting() {
      return open(true);
    }

    private RedisEventQueue open(boolean existing) {
      Keys keys = new Keys(namespace);
      Link link = link(keys);
      Store store = new Store(link, keys, commandTimeout, description());
      RedisEventQueue queue = new RedisEventQueue(this, keys, store, existing);
      try {
        queue.begin(description(), existing ? OptionalLong.empty() : limitVersion);
      } catch (NoSuchQueueException none) {
        try (store) {
          throw new NoSuchQueueException(namespace, similar(link));
        }
      } catch (RuntimeException e) {
        store.close();
        throw e;
      }
      return queue;
    }
  }

  private void begin(String description, OptionalLong limitVersion) {
    LimitSettings unused =
        limitVersion.isPresent()
            ? limitControl.declare(configuredLimit.orElseThrow(), limitVersion.getAsLong())
            : limitControl.settings();
    if (configuredLimit.isPresent()) {
      namedLimitControl.declare(limits.declared());
    }
    notes().forEach(note -> log.info("{}: {}", description, note));
    warnOfEviction(description);
    store.listen(session.client(), listeners::tell, this::wake);
  }

  /** Returns who is woken when there is something, if somebody here waits for it. */
  private Optional<String> waiter() {
    return Optional.of(session.client()).filter(c -> store.canBeWoken() && !listeners.isEmpty());
  }

  /** Somebody has something for this client alone. */
  private void wake() {
    if (listeners.isEmpty()) {
      // Nobody takes here any more: it is for the others.
      store.tell(session.client());
    } else {
      listeners.tell();
    }
  }

  /** Returns the namespace. */
  @Override
  public Optional<String> name() {
    return Optional.of(namespace);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Says if the limit in Redis differs from the one that this queue was built with, and which
   * named limits did when it connected.
   */
  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    RateLimit normal = session.seenSettings().normal();
    configuredLimit
        .filter(configured -> !configured.equals(normal))
        .ifPresent(
            configured ->
                notes.add(
                    "the limit is "
                        + normal
                        + ", set in Redis, and not "
                        + configured
                        + ", which this process is configured with; limitVersion declares a new"
                        + " one, and changeLimit changes it at run time"));
    Map<String, NamedLimit> different = namedLimitControl.different();
    for (NamedLimit declared : limits.declared()) {
      NamedLimit there = different.get(declared.name());
      if (there != null) {
        notes.add(
            "the named limit "
                + Printable.text(declared.name())
                + " was set to "
                + text(there)
                + " in Redis when this process connected, and not to "
                + text(declared)
                + ", which it declares; namedLimitControl().set changes it for every process");
      }
    }
    return List.copyOf(notes);
  }

  private static String text(NamedLimit limit) {
    StringBuilder text = new StringBuilder(limit.windows().toString());
    limit.maxInFlight().ifPresent(most -> text.append(", ").append(most).append(" in flight"));
    if (limit.retriesHold()) {
      text.append(", retries hold");
    }
    if (!limit.ceiling().isEmpty()) {
      text.append(", up to ").append(limit.ceiling());
    }
    return text.toString();
  }

  private void warnOfEviction(String description) {
    evictingPolicy()
        .ifPresent(
            policy ->
                log.warn(
                    "{} has maxmemory-policy {}: when its memory is full, it discards"
                        + " events and the record of starts. Set maxmemory-policy noeviction",
                    description,
                    policy));
  }

  /** Returns the policy by which Redis discards keys of the queue, if it has one and tells. */
  Optional<String> evictingPolicy() {
    // The keys have no time to live, so that the volatile policies leave them alone.
    return store
        .query(Script.EVICTION, Session.READ_ONLY)
        .optionalText()
        .filter(policy -> policy.startsWith("allkeys-"));
  }

  @Override
  public Time time() {
    return session.time();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Large collections are published in batches of 500. If Redis is lost between two of them, the
   * first ones stay published; publishing all again is safe, because unfinished events are not
   * published twice.
   */
  @Override
  public PublishReceipt publish(Collection<AuditEvent> events, PublishTerms terms) {
    requireOpen();
    return publisher.publish(events, terms);
  }

  @Override
  public TakeResult take(TakeRequest request) {
    return taker.take(request);
  }

  @Override
  public List<AcquireResult> acquire(List<AcquireRequest> requests) {
    return acquirer.acquire(Pages.upTo("requests", requests));
  }

  @Override
  public CorrectionReceipt correct(Lease lease, Costs costs) {
    requireNonNull(lease, "lease");
    requireNonNull(costs, "costs");
    return corrector.correct(lease, costs);
  }

  @Override
  public CorrectionReceipt correct(
      AcquireRequest request, AcquireResult.Granted granted, int cost) {
    requireNonNull(request, "request");
    requireNonNull(granted, "granted");
    Requirements.between("cost", cost, 0, RateLimit.MAX_PERMITS);
    return corrector.correct(request, granted, cost);
  }

  @Override
  public Settlement ack(Lease lease) {
    return settlements.ack(lease);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Hundreds of leases go with one script.
   */
  @Override
  public List<Settlement> ackAll(Collection<Lease> leases) {
    return settlements.ackAll(leases);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Both scripts are sent before the first reply. Acknowledgements and takes of other threads at
   * the same time go with them.
   */
  @Override
  public AckedAndTaken ackAndTake(Collection<Lease> leases, TakeRequest request) {
    requireNonNull(request, "request");
    List<Lease> all = List.copyOf(leases);
    Iterator<Store.Call<Settlement>> acks;
    Store.Call<Taker.Answer> take;
    try {
      acks = settlements.sendAcks(all).iterator();
      take = taker.send(request);
    } catch (RuntimeException notSent) {
      return new AckedAndTaken(List.of(), Optional.empty(), Optional.of(notSent));
    }
    // Its reply comes last as a rule, so that this thread sleeps once.
    store.awaitEnd(take);
    return AckedAndTaken.inTurn(
        all, lease -> store.await(acks.next()), () -> taker.await(take, request));
  }

  @Override
  public Settlement retry(Lease lease, Duration delay, String reason) {
    return settlements.retry(lease, delay, reason);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The reason is stored up to 8,192 characters.
   */
  @Override
  public Settlement fail(Lease lease, String reason) {
    return settlements.fail(lease, reason);
  }

  @Override
  public Settlement release(Lease lease) {
    return settlements.release(lease);
  }

  @Override
  public Settlement extend(Lease lease, Duration duration) {
    return settlements.extend(lease, duration);
  }

  @Override
  public QueueStats stats() {
    return WireStats.read(session.limited(Script.STATS, Session.READ_ONLY));
  }

  @Override
  public List<QueuedEvent> peek(Priority priority, long afterSequence, int max) {
    Pages.size(max);
    return Rows.read(
        max,
        rows -> {
          long after = rows.isEmpty() ? afterSequence : rows.get(rows.size() - 1).sequence();
          return store.query(Script.PEEK, Session.READ_ONLY, priority, after, max - rows.size());
        },
        WireEvents::queued);
  }

  @Override
  public List<Lease> leases(int max) {
    Pages.size(max);
    return Rows.read(
        max,
        rows -> store.query(Script.LEASES, Session.READ_ONLY, rows.size(), max - rows.size()),
        reply -> WireEvents.held(reply).lease);
  }

  /**
   * Returns the last done events, newest first: as many as {@link Builder#retainDone} keeps. Their
   * number of attempts includes the successful one.
   *
   * @param max 1 to {@link #MAX_PAGE}
   * @throws IllegalArgumentException if {@code max} is outside its range
   */
  public List<QueuedEvent> recentlyDone(int max) {
    Pages.size(max);
    return Rows.read(
        max,
        rows -> store.query(Script.DONE, Session.READ_ONLY, rows.size(), max - rows.size()),
        reply -> WireEvents.done(reply.bytes()));
  }

  @Override
  public Amendment cancel(String id) {
    return amender.cancel(id);
  }

  @Override
  public Amendment reprioritize(String id, Priority priority) {
    return amender.reprioritize(id, priority);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Works in batches of 1,000, so Redis serves others in between; events that are published or
   * come back in the meantime stay. If Redis is lost between two of them, the first ones are
   * discarded.
   */
  @Override
  public ClearReceipt clear(ClearScope scope) {
    Clearing clearing = clearing(scope, CLEARED_AT_ONCE);
    boolean more = true;
    while (more) {
      more = clearing.step();
    }
    return clearing.receipt();
  }

  /** Returns a clear that is made step by step. */
  Clearing clearing(ClearScope scope, int atOnce) {
    return new Clearing(session, requireNonNull(scope, "scope"), atOnce);
  }

  @Override
  public FailedQueue failedQueue() {
    return failedQueue;
  }

  @Override
  public LimitControl limitControl() {
    return limitControl;
  }

  /**
   * Returns the rounds of this namespace, in its own Redis, with {@link #DEFAULT_HISTORY_BYTES} and
   * {@link #DEFAULT_HISTORY_AGE}.
   */
  public RoundHistory history() {
    return history(DEFAULT_HISTORY_BYTES, DEFAULT_HISTORY_AGE);
  }

  /**
   * Returns the rounds of this namespace, in its own Redis. They are one key beside the queue's
   * others. {@link #clear} leaves them, and {@link #remove} does not. Works until this queue is
   * closed.
   *
   * @param mostBytes how many bytes all of them may have together, as Redis holds them: at least
   *     {@value #LEAST_HISTORY_BYTES}. Whoever appends brings its bound with it
   * @param oldest how long before the newest round another may have ended
   * @throws IllegalArgumentException if there are too few bytes, or the age is not more than zero
   */
  public RoundHistory history(long mostBytes, Duration oldest) {
    if (mostBytes < LEAST_HISTORY_BYTES) {
      throw new IllegalArgumentException(
          "the bytes of a history must be at least "
              + LEAST_HISTORY_BYTES
              + " but are "
              + mostBytes);
    }
    return new RedisRoundHistory(
        store, mostBytes, Requirements.positive("the age of a round", oldest));
  }

  @Override
  public NamedLimitControl namedLimitControl() {
    return namedLimitControl;
  }

  @Override
  public Subscription onChange(Runnable listener) {
    requireOpen();
    return listeners.add(listener);
  }

  /**
   * {@inheritDoc}
   *
   * <p>2 seconds where few processes wait, and up to 30 where many do: together they ask four times
   * a second.
   */
  @Override
  public Duration pollInterval() {
    return taker.pollInterval();
  }

  private void requireOpen() {
    if (store.isClosed()) {
      throw new IllegalStateException("the queue is closed");
    }
  }

  /**
   * Removes the namespace, and closes the queue: all events, including leased ones, the limit and
   * its record of starts, and the counters. Stop the other processes of the namespace first: a
   * running process sets its limit again.
   *
   * @throws QueueUnavailableException if Redis did not answer; the queue is then still open, and
   *     doing it again is safe
   */
  public void remove() {
    // In batches first, so that Redis answers others in between.
    ClearReceipt unusedReceipt = clear(ClearScope.ALL);
    Object unusedReply = store.run(Script.REMOVE, "the namespace is removed or unchanged");
    close();
  }

  @Override
  public void close() {
    if (!store.isClosed()) {
      listeners.clear();
      store.close();
    }
  }
}
