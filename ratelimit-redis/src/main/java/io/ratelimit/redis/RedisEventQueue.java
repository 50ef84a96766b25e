package io.ratelimit.redis;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.resource.ClientResources;
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
import io.ratelimit.core.queue.QueueException;
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
import io.ratelimit.redis.internal.connection.Dialer;
import io.ratelimit.redis.internal.connection.Link;
import io.ratelimit.redis.internal.connection.RootCause;
import io.ratelimit.redis.internal.control.Clearing;
import io.ratelimit.redis.internal.control.Namespaces;
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
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
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
  public static final class Builder {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_RETAINED = 100_000;

    /** The largest {@linkplain #limitVersion version of a limit}. */
    public static final long LAST_LIMIT_VERSION = 1_000_000_000_000_000L;

    // Of some thousand keys each.
    private static final int MOST_STEPS = 1_000;
    private static final int MOST_STEPS_FOR_SIMILAR = 100;

    private final RateLimit initialLimit;
    private Dialer.Target target =
        new Dialer.Target.Single(RedisURI.create("redis://localhost:6379"));
    private String namespace = "ratelimit";
    private Duration commandTimeout = DEFAULT_TIMEOUT;
    private @Nullable RateLimit initialCeiling;
    private StartUp startUp = StartUp.WAIT;
    private Optional<Duration> aging = Optional.empty();
    private Optional<Duration> failedAgeLimit = Optional.empty();
    private int retainDone;
    private Limits limits = Limits.none();
    private int countedTypes = COUNTED_TYPES;
    private OptionalLong limitVersion = OptionalLong.empty();
    private @Nullable ClientResources resources;
    private @Nullable SslOptions ssl;
    private Time time = Time.system();
    private @Nullable Time givenTime;

    private Builder(RateLimit initialLimit) {
      this.initialLimit = requireNonNull(initialLimit, "initialLimit");
    }

    /**
     * Sets the address of Redis: {@code redis://[[user:]password@]host[:port][/database]}, {@code
     * rediss://…} with TLS, {@code redis-sentinel://host,host…#master}, {@code
     * redis-socket:///path} (which needs Netty's native transport on the class path). {@code
     * redis://localhost:6379} by default.
     *
     * @throws IllegalArgumentException if the URI is invalid
     */
    @CanIgnoreReturnValue
    public Builder uri(String uri) {
      return uri(RedisURI.create(uri));
    }

    /** Sets the address of Redis: one server, or one behind Sentinel. */
    @CanIgnoreReturnValue
    public Builder uri(RedisURI uri) {
      this.target = new Dialer.Target.Single(requireNonNull(uri, "uri"));
      return this;
    }

    /**
     * Sets the addresses of some nodes of a Redis Cluster: {@code
     * redis://[[user:]password@]host:port,host:port…} or the same with {@code rediss}. The
     * namespace is in one slot of it.
     *
     * @throws IllegalArgumentException if the URI is invalid
     */
    @CanIgnoreReturnValue
    public Builder cluster(String uri) {
      return cluster(RedisClusterURIUtil.toRedisURIs(URI.create(uri)));
    }

    /**
     * Sets the addresses of some nodes of a Redis Cluster. The namespace is in one slot of it.
     *
     * @throws IllegalArgumentException if there is none
     */
    @CanIgnoreReturnValue
    public Builder cluster(Collection<RedisURI> seeds) {
      if (seeds.isEmpty()) {
        throw new IllegalArgumentException("a cluster needs at least one node to connect to");
      }
      this.target = new Dialer.Target.Cluster(List.copyOf(seeds));
      return this;
    }

    /**
     * Uses a client of the host, which stays open when the queue is closed, with its default URI.
     * All queues on it share two connections, one for commands and one that receives changes. Its
     * {@code disconnectedBehavior} must be {@code REJECT_COMMANDS}; otherwise Lettuce repeats
     * commands that were under way when a connection broke, and a repeated settlement or
     * publication seems to have been done before. {@link #connect} refuses any other.
     */
    @CanIgnoreReturnValue
    public Builder client(RedisClient client) {
      this.target = new Dialer.Target.HostClient(requireNonNull(client, "client"), null);
      return this;
    }

    /** As {@link #client(RedisClient)}, but connecting to this URI. */
    @CanIgnoreReturnValue
    public Builder client(RedisClient client, RedisURI uri) {
      this.target =
          new Dialer.Target.HostClient(
              requireNonNull(client, "client"), requireNonNull(uri, "uri"));
      return this;
    }

    /** Uses a cluster client of the host; see {@link #client(RedisClient)}. */
    @CanIgnoreReturnValue
    public Builder client(RedisClusterClient client) {
      this.target = new Dialer.Target.HostClusterClient(requireNonNull(client, "client"));
      return this;
    }

    /**
     * Sets the host's threads and timers for a client that this queue creates; they stay open when
     * it is closed. Has no effect on a client of the host.
     */
    @CanIgnoreReturnValue
    public Builder clientResources(ClientResources hostResources) {
      this.resources = requireNonNull(hostResources, "hostResources");
      return this;
    }

    /**
     * Sets the certificates and keys for TLS of a client that this queue creates, if the URI asks
     * for TLS; those of the JVM by default. Has no effect on a client of the host.
     */
    @CanIgnoreReturnValue
    public Builder sslOptions(SslOptions options) {
      this.ssl = requireNonNull(options, "options");
      return this;
    }

    /**
     * Sets the name of the queue: 1 to 100 characters from {@code A-Z a-z 0-9 _ . : -}. {@code
     * ratelimit} by default.
     *
     * <p>Two such names, {@code scope/queue}, name a queue of a scope: all queues of a scope share
     * their named limits, whose state belongs to the scope, and are in one slot of a Redis Cluster.
     */
    @CanIgnoreReturnValue
    public Builder namespace(String newNamespace) {
      this.namespace = requireNonNull(newNamespace, "namespace");
      return this;
    }

    /**
     * Sets how long a call waits for Redis; 2 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder commandTimeout(Duration timeout) {
      this.commandTimeout = Requirements.positive("command timeout", timeout);
      return this;
    }

    /**
     * Sets the ceiling of a namespace without a limit: the most that demands can raise the limit
     * to. Without it, demands raise the limit as far as they say. Declare the highest limit that
     * may ever be in force, because the queue waits accordingly after a loss in Redis.
     */
    @CanIgnoreReturnValue
    public Builder ceiling(RateLimit limit) {
      this.initialCeiling = requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Declares the limit given to the builder as this version of it, for deployments that change
     * it: {@link #connect} makes it the normal limit of the namespace, unless this version or a
     * later one was declared before. So processes of a new release set their limit, and processes
     * of the old release that start beside them do not set it back. A restart also does not undo a
     * change made at run time. Without a version, the limit is only the initial one.
     *
     * @param version increases with each configured limit: 1 to 10^15
     * @throws IllegalArgumentException if it is outside its range
     */
    @CanIgnoreReturnValue
    public Builder limitVersion(long version) {
      if (version < 1 || version > LAST_LIMIT_VERSION) {
        throw new IllegalArgumentException(
            "limit version must be 1 to " + LAST_LIMIT_VERSION + " but is " + version);
      }
      this.limitVersion = OptionalLong.of(version);
      return this;
    }

    /** Sets what to assume about an unknown past; {@link StartUp#WAIT} by default. */
    @CanIgnoreReturnValue
    public Builder startUp(StartUp newStartUp) {
      this.startUp = requireNonNull(newStartUp, "startUp");
      return this;
    }

    /**
     * Makes an event rise by one priority for each such interval that it has waited, so low
     * priorities cannot starve. Off by default. All processes of a namespace should use the same
     * value.
     *
     * @throws IllegalArgumentException if the interval is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder aging(Duration interval) {
      this.aging = Optional.of(Requirements.positive("aging interval", interval));
      return this;
    }

    /**
     * Discards failed events after this time, a few with each take. Without it they stay until they
     * are redriven, purged or cleared.
     *
     * @throws IllegalArgumentException if the age is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder failedAgeLimit(Duration age) {
      this.failedAgeLimit = Optional.of(Requirements.positive("failed age limit", age));
      return this;
    }

    /**
     * Keeps the last done events, for {@link RedisEventQueue#recentlyDone}; 0 by default. The
     * surplus is discarded as events are acknowledged; all processes of a namespace should use the
     * same value.
     *
     * @param count 0 to 100,000
     * @throws IllegalArgumentException if the count is outside its range
     */
    @CanIgnoreReturnValue
    public Builder retainDone(int count) {
      this.retainDone = Requirements.between("number of retained events", count, 0, MAX_RETAINED);
      return this;
    }

    /**
     * Sets the named limits; none by default. They compute the keys and costs of events published
     * here. Their windows are initial values: windows that the namespace already has stay in force.
     */
    @CanIgnoreReturnValue
    public Builder limits(Limits newLimits) {
      this.limits = requireNonNull(newLimits, "limits");
      return this;
    }

    /**
     * Sets how many types of pending events are counted one by one, where each weight above 1
     * counts as one more type. Events of further types are counted as {@link
     * io.ratelimit.core.event.EventType#OTHERS}, and are otherwise treated like all events. {@value
     * EventQueue#COUNTED_TYPES} by default. The value of the process that published last counts, so
     * all processes of a namespace should use the same value.
     *
     * @throws IllegalArgumentException if it is not 1 to {@value EventQueue#MAX_COUNTED_TYPES}
     */
    @CanIgnoreReturnValue
    public Builder countedTypes(int most) {
      this.countedTypes =
          Requirements.between("number of counted types", most, 1, EventQueue.MAX_COUNTED_TYPES);
      return this;
    }

    /** Returns the time that takes the place of Redis's clock, in tests only. */
    Builder time(Time time) {
      return time(time, time);
    }

    /**
     * The same, and apart from it the time of this process.
     *
     * @param here this process's
     * @param given takes the place of Redis's clock
     */
    Builder time(Time here, Time given) {
      this.time = here;
      this.givenTime = given;
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

    /**
     * Connects, searches all keys for queues, and closes the connection. Redis serves others in
     * between. If there are very many keys, some are skipped; the result says so.
     *
     * @param max how many to find at most: 1 to {@link EventQueue#MAX_PAGE}
     * @throws IllegalArgumentException if {@code max} is outside its range
     * @throws QueueUnavailableException if Redis cannot be reached
     * @throws io.ratelimit.core.queue.QueueException if the user may not run {@code SCAN}
     */
    public FoundQueues findQueues(int max) {
      try (Link link = link(new Keys(namespace))) {
        Namespaces.Found found = find(link, Pages.size(max), MOST_STEPS);
        return new FoundQueues(found.names(), found.complete());
      }
    }

    private Namespaces.Found find(Link link, int max, int mostSteps) {
      return Namespaces.find(
          link, Keys.STATE_PATTERN, Keys::namespaceOf, max, mostSteps, commandTimeout);
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

    private List<String> similar(Link link) {
      try {
        return Namespaces.similar(
            namespace, find(link, EventQueue.MAX_PAGE, MOST_STEPS_FOR_SIMILAR).names());
      } catch (QueueException notAllowed) {
        return List.of();
      }
    }

    private Link link(Keys keys) {
      try {
        if (target instanceof Dialer.Target.HostClient) {
          return Link.shared(target, () -> new Link(dialer(keys), commandTimeout, "Redis"));
        }
        return new Link(dialer(keys), commandTimeout, description());
      } catch (RedisException e) {
        throw new QueueUnavailableException(
            description() + " cannot be reached: " + RootCause.message(e), e);
      }
    }

    private Dialer dialer(Keys keys) {
      return Dialer.to(target, keys.slot(), resources, ssl);
    }

    private String description() {
      return "Redis (namespace " + namespace + ")";
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
