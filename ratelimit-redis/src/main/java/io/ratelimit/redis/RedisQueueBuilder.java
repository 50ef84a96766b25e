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
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.internal.queue.Pages;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.RedisEventQueue.StartUp;
import io.ratelimit.redis.internal.connection.Dialer;
import io.ratelimit.redis.internal.connection.Link;
import io.ratelimit.redis.internal.connection.RootCause;
import io.ratelimit.redis.internal.control.Namespaces;
import io.ratelimit.redis.internal.script.Keys;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Configures a queue and its connection, as part of the {@link RedisEventQueue.Builder} of a {@link
 * RedisEventQueue}, which connects. Not thread-safe.
 */
public abstract class RedisQueueBuilder {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);
  private static final int MAX_RETAINED = 100_000;

  /** The largest {@linkplain #limitVersion version of a limit}. */
  public static final long LAST_LIMIT_VERSION = 1_000_000_000_000_000L;

  // Of some thousand keys each.
  private static final int MOST_STEPS = 1_000;
  private static final int MOST_STEPS_FOR_SIMILAR = 100;

  final RateLimit initialLimit;
  private Dialer.Target target =
      new Dialer.Target.Single(RedisURI.create("redis://localhost:6379"));
  String namespace = "ratelimit";
  Duration commandTimeout = DEFAULT_TIMEOUT;
  @Nullable RateLimit initialCeiling;
  StartUp startUp = StartUp.WAIT;
  Optional<Duration> aging = Optional.empty();
  Optional<Duration> failedAgeLimit = Optional.empty();
  int retainDone;
  Limits limits = Limits.none();
  int countedTypes = EventQueue.COUNTED_TYPES;
  OptionalLong limitVersion = OptionalLong.empty();
  private @Nullable ClientResources resources;
  private @Nullable SslOptions ssl;
  Time time = Time.system();
  @Nullable Time givenTime;

  RedisQueueBuilder(RateLimit initialLimit) {
    this.initialLimit = requireNonNull(initialLimit, "initialLimit");
  }

  abstract RedisEventQueue.Builder self();

  /**
   * Sets the address of Redis: {@code redis://[[user:]password@]host[:port][/database]}, {@code
   * rediss://…} with TLS, {@code redis-sentinel://host,host…#master}, {@code redis-socket:///path}
   * (which needs Netty's native transport on the class path). {@code redis://localhost:6379} by
   * default.
   *
   * @throws IllegalArgumentException if the URI is invalid
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder uri(String uri) {
    return uri(RedisURI.create(uri));
  }

  /** Sets the address of Redis: one server, or one behind Sentinel. */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder uri(RedisURI uri) {
    this.target = new Dialer.Target.Single(requireNonNull(uri, "uri"));
    return self();
  }

  /**
   * Sets the addresses of some nodes of a Redis Cluster: {@code
   * redis://[[user:]password@]host:port,host:port…} or the same with {@code rediss}. The namespace
   * is in one slot of it.
   *
   * @throws IllegalArgumentException if the URI is invalid
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder cluster(String uri) {
    return cluster(RedisClusterURIUtil.toRedisURIs(URI.create(uri)));
  }

  /**
   * Sets the addresses of some nodes of a Redis Cluster. The namespace is in one slot of it.
   *
   * @throws IllegalArgumentException if there is none
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder cluster(Collection<RedisURI> seeds) {
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("a cluster needs at least one node to connect to");
    }
    this.target = new Dialer.Target.Cluster(List.copyOf(seeds));
    return self();
  }

  /**
   * Uses a client of the host, which stays open when the queue is closed, with its default URI. All
   * queues on it share two connections, one for commands and one that receives changes. Its {@code
   * disconnectedBehavior} must be {@code REJECT_COMMANDS}; otherwise Lettuce repeats commands that
   * were under way when a connection broke, and a repeated settlement or publication seems to have
   * been done before. {@link RedisEventQueue.Builder#connect} refuses any other.
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder client(RedisClient client) {
    this.target = new Dialer.Target.HostClient(requireNonNull(client, "client"), null);
    return self();
  }

  /** As {@link #client(RedisClient)}, but connecting to this URI. */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder client(RedisClient client, RedisURI uri) {
    this.target =
        new Dialer.Target.HostClient(requireNonNull(client, "client"), requireNonNull(uri, "uri"));
    return self();
  }

  /** Uses a cluster client of the host; see {@link #client(RedisClient)}. */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder client(RedisClusterClient client) {
    this.target = new Dialer.Target.HostClusterClient(requireNonNull(client, "client"));
    return self();
  }

  /**
   * Sets the host's threads and timers for a client that this queue creates; they stay open when it
   * is closed. Has no effect on a client of the host.
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder clientResources(ClientResources hostResources) {
    this.resources = requireNonNull(hostResources, "hostResources");
    return self();
  }

  /**
   * Sets the certificates and keys for TLS of a client that this queue creates, if the URI asks for
   * TLS; those of the JVM by default. Has no effect on a client of the host.
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder sslOptions(SslOptions options) {
    this.ssl = requireNonNull(options, "options");
    return self();
  }

  /**
   * Sets the name of the queue: 1 to 100 characters from {@code A-Z a-z 0-9 _ . : -}. {@code
   * ratelimit} by default.
   *
   * <p>Two such names, {@code scope/queue}, name a queue of a scope: all queues of a scope share
   * their named limits, whose state belongs to the scope, and are in one slot of a Redis Cluster.
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder namespace(String newNamespace) {
    this.namespace = requireNonNull(newNamespace, "namespace");
    return self();
  }

  /**
   * Sets how long a call waits for Redis; 2 seconds by default.
   *
   * @throws IllegalArgumentException if it is not more than zero
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder commandTimeout(Duration timeout) {
    this.commandTimeout = Requirements.positive("command timeout", timeout);
    return self();
  }

  /**
   * Sets the ceiling of a namespace without a limit: the most that demands can raise the limit to.
   * Without it, demands raise the limit as far as they say. Declare the highest limit that may ever
   * be in force, because the queue waits accordingly after a loss in Redis.
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder ceiling(RateLimit limit) {
    this.initialCeiling = requireNonNull(limit, "limit");
    return self();
  }

  /**
   * Declares the limit given to the builder as this version of it, for deployments that change it:
   * {@link RedisEventQueue.Builder#connect} makes it the normal limit of the namespace, unless this
   * version or a later one was declared before. So processes of a new release set their limit, and
   * processes of the old release that start beside them do not set it back. A restart also does not
   * undo a change made at run time. Without a version, the limit is only the initial one.
   *
   * @param version increases with each configured limit: 1 to 10^15
   * @throws IllegalArgumentException if it is outside its range
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder limitVersion(long version) {
    if (version < 1 || version > LAST_LIMIT_VERSION) {
      throw new IllegalArgumentException(
          "limit version must be 1 to " + LAST_LIMIT_VERSION + " but is " + version);
    }
    this.limitVersion = OptionalLong.of(version);
    return self();
  }

  /** Sets what to assume about an unknown past; {@link StartUp#WAIT} by default. */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder startUp(StartUp newStartUp) {
    this.startUp = requireNonNull(newStartUp, "startUp");
    return self();
  }

  /**
   * Makes an event rise by one priority for each such interval that it has waited, so low
   * priorities cannot starve. Off by default. All processes of a namespace should use the same
   * value.
   *
   * @throws IllegalArgumentException if the interval is not more than zero
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder aging(Duration interval) {
    this.aging = Optional.of(Requirements.positive("aging interval", interval));
    return self();
  }

  /**
   * Discards failed events after this time, a few with each take. Without it they stay until they
   * are redriven, purged or cleared.
   *
   * @throws IllegalArgumentException if the age is not more than zero
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder failedAgeLimit(Duration age) {
    this.failedAgeLimit = Optional.of(Requirements.positive("failed age limit", age));
    return self();
  }

  /**
   * Keeps the last done events, for {@link RedisEventQueue#recentlyDone}; 0 by default. The surplus
   * is discarded as events are acknowledged; all processes of a namespace should use the same
   * value.
   *
   * @param count 0 to 100,000
   * @throws IllegalArgumentException if the count is outside its range
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder retainDone(int count) {
    this.retainDone = Requirements.between("number of retained events", count, 0, MAX_RETAINED);
    return self();
  }

  /**
   * Sets the named limits; none by default. They compute the keys and costs of events published
   * here. Their windows are initial values: windows that the namespace already has stay in force.
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder limits(Limits newLimits) {
    this.limits = requireNonNull(newLimits, "limits");
    return self();
  }

  /**
   * Sets how many types of pending events are counted one by one, where each weight above 1 counts
   * as one more type. Events of further types are counted as {@link
   * io.ratelimit.core.event.EventType#OTHERS}, and are otherwise treated like all events. {@value
   * EventQueue#COUNTED_TYPES} by default. The value of the process that published last counts, so
   * all processes of a namespace should use the same value.
   *
   * @throws IllegalArgumentException if it is not 1 to {@value EventQueue#MAX_COUNTED_TYPES}
   */
  @CanIgnoreReturnValue
  public RedisEventQueue.Builder countedTypes(int most) {
    this.countedTypes =
        Requirements.between("number of counted types", most, 1, EventQueue.MAX_COUNTED_TYPES);
    return self();
  }

  /** Returns the time that takes the place of Redis's clock, in tests only. */
  RedisEventQueue.Builder time(Time time) {
    return time(time, time);
  }

  /**
   * The same, and apart from it the time of this process.
   *
   * @param here this process's
   * @param given takes the place of Redis's clock
   */
  RedisEventQueue.Builder time(Time here, Time given) {
    this.time = here;
    this.givenTime = given;
    return self();
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

  List<String> similar(Link link) {
    try {
      return Namespaces.similar(
          namespace, find(link, EventQueue.MAX_PAGE, MOST_STEPS_FOR_SIMILAR).names());
    } catch (QueueException notAllowed) {
      return List.of();
    }
  }

  Link link(Keys keys) {
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

  String description() {
    return "Redis (namespace " + namespace + ")";
  }
}
