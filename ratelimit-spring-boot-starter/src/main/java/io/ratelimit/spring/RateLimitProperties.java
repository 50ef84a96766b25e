package io.ratelimit.spring;

import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.WorkerRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code ratelimit.*} of an application that drains audit events.
 *
 * @param enabled whether the starter configures anything
 * @param limit the rate limit, for example 20/m or 100/30s burst 5 margin 1s; a queue in Redis
 *     takes it only if the queue has no limit yet, or if this one has a version
 * @param limitVersion declares the limit as this version of it, for deployments that change it: a
 *     queue in Redis takes it unless this version or a later one was declared before; increase it
 *     with each configured limit
 * @param emergencyLimit how far the limit may be raised when the deadline is in danger; never by
 *     default
 * @param deadline how long a round may take
 * @param confidence how confidently the deadline must be met, for example 99.9% or 0.999
 * @param workers how many workers there may be, for example 1-10 or 4
 * @param decisionInterval how often limit and workers are decided while there is work
 * @param expectations the failures and delays to plan for
 * @param attempt the terms of an attempt
 * @param queue the queue
 * @param redis the address of the queue in Redis
 * @param engine the engine in this process
 * @param temporal the worker on this application's Temporal workers
 * @param metrics whether to register metrics, if ratelimit-micrometer and a registry are present
 * @param observations whether each attempt is observed and traced, if the application has an
 *     observation registry
 * @param eventTypes the application's own event types, in addition to the five that the library
 *     knows
 */
@ConfigurationProperties("ratelimit")
public record RateLimitProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable RateLimit limit,
    @Nullable Long limitVersion,
    @Nullable RateLimit emergencyLimit,
    @DefaultValue("3m") Duration deadline,
    @DefaultValue("99.9%") Confidence confidence,
    @DefaultValue("1-10") WorkerRange workers,
    @DefaultValue("1s") Duration decisionInterval,
    @DefaultValue Expected expectations,
    @DefaultValue Attempt attempt,
    @DefaultValue Queue queue,
    @DefaultValue Redis redis,
    @DefaultValue Engine engine,
    @DefaultValue Temporal temporal,
    @DefaultValue Switch metrics,
    @DefaultValue Switch observations,
    @DefaultValue List<Type> eventTypes) {

  /** Copies the list. */
  public RateLimitProperties {
    eventTypes = List.copyOf(eventTypes);
  }

  /**
   * What is expected to go wrong.
   *
   * @param failureRate which share of the attempts fails: 0 to 1
   * @param slowRate which share of the attempts is slow: 0 to 1
   * @param slowFactor how many times as long a slow attempt takes: 1 to 1000
   */
  public record Expected(
      @DefaultValue("0") double failureRate,
      @DefaultValue("0") double slowRate,
      @DefaultValue("1") double slowFactor) {}

  /**
   * The terms of an attempt.
   *
   * @param timeout how long an attempt may take before it is interrupted and fails
   * @param lease how long an event is held without a sign of life
   * @param shutdownGrace how long attempts may continue when the application stops; less than
   *     spring.lifecycle.timeout-per-shutdown-phase
   * @param virtualThreads whether handlers run in virtual threads, if the JVM has them; defaults to
   *     spring.threads.virtual.enabled
   * @param mdc whether the event's id, type, wallet and attempt are put into SLF4J's MDC
   * @param retry whether and when failed attempts are retried
   */
  public record Attempt(
      @DefaultValue("1m") Duration timeout,
      @DefaultValue("15s") Duration lease,
      @DefaultValue("20s") Duration shutdownGrace,
      @Nullable Boolean virtualThreads,
      @DefaultValue("false") boolean mdc,
      @DefaultValue Retry retry) {}

  /**
   * Whether and when failed attempts are retried.
   *
   * @param maxRetries how many attempts follow a failed first one: 0 to 1000
   * @param initialDelay the delay before the first retry
   * @param multiplier what each further delay is multiplied by: 1 to 100
   * @param maxDelay the longest delay
   * @param jitter the random share of a delay: 0 to 1
   */
  public record Retry(
      @DefaultValue("3") int maxRetries,
      @DefaultValue("1s") Duration initialDelay,
      @DefaultValue("2") double multiplier,
      @DefaultValue("30s") Duration maxDelay,
      @DefaultValue("0.5") double jitter) {}

  /** Where a queue is kept. */
  public enum QueueStore {
    /** In Redis, if ratelimit-redis and an address are present; otherwise in memory. */
    AUTO,
    /** In this JVM: lost when the JVM ends, and the limit holds only in this JVM. */
    MEMORY,
    /** In Redis. */
    REDIS
  }

  /**
   * The queue.
   *
   * @param store where the queue is kept
   * @param name the name of the queue: in Redis its namespace, in metrics the tag queue
   * @param aging after how long a waiting event rises by one priority; never by default
   * @param countedTypes how many types of pending events are counted one by one
   * @param failedAgeLimit the age at which failed events are discarded, in Redis; never by default
   * @param retainDone how many done events are kept for display, in Redis
   */
  public record Queue(
      @DefaultValue("auto") QueueStore store,
      @DefaultValue("ratelimit") String name,
      @Nullable Duration aging,
      @DefaultValue("1000") int countedTypes,
      @Nullable Duration failedAgeLimit,
      @DefaultValue("0") int retainDone) {}

  /**
   * The address of the queue in Redis.
   *
   * @param url redis://, rediss:// or redis-sentinel://; instead of spring.data.redis
   * @param clusterUrl some nodes of a cluster, redis://host:port,host:port; instead of url
   * @param commandTimeout how long a call waits for Redis
   */
  public record Redis(
      @Nullable String url,
      @Nullable String clusterUrl,
      @DefaultValue("2s") Duration commandTimeout) {

    /** Leaves out the addresses, which may hold passwords. */
    @Override
    public String toString() {
      return "Redis[commandTimeout=" + commandTimeout + ']';
    }
  }

  /**
   * The engine in this process.
   *
   * @param enabled whether there is one, if there are handlers
   * @param autoStartup whether it starts with the application; if not, the application calls start
   *     or runRound
   * @param name its name in leases and threads
   */
  public record Engine(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("true") boolean autoStartup,
      @DefaultValue("engine") String name) {}

  /**
   * The worker on this application's Temporal workers.
   *
   * @param enabled whether there is one, instead of an engine
   * @param taskQueue the task queue that managers name; the queue's name by default
   * @param concurrency how many lanes this process runs at most
   * @param name its name in leases and threads
   */
  public record Temporal(
      @DefaultValue("false") boolean enabled,
      @Nullable String taskQueue,
      @DefaultValue("10") int concurrency,
      @DefaultValue("worker") String name) {}

  /**
   * A feature that can be turned off.
   *
   * @param enabled whether it is on
   */
  public record Switch(@DefaultValue("true") boolean enabled) {}

  /**
   * An event type.
   *
   * @param name its name
   * @param priority its priority
   * @param processingTime how long an attempt is expected to take
   */
  public record Type(
      String name,
      @DefaultValue("normal") Priority priority,
      @DefaultValue("10s") Duration processingTime) {}

  /**
   * Returns the terms of a round, also for a planner or a Temporal manager.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public RoundTerms roundTerms() {
    return new RoundTerms(
            deadline,
            confidence,
            workers,
            Optional.ofNullable(emergencyLimit),
            new Expectations(
                expectations.failureRate(), 0, expectations.slowRate(), expectations.slowFactor()),
            decisionInterval)
        .withRetriesOf(attemptTerms().retryPolicy());
  }

  /**
   * Returns the terms of an attempt.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public AttemptTerms attemptTerms() {
    Retry retry = attempt.retry();
    RetryPolicy policy =
        new RetryPolicy(
            retry.maxRetries(),
            retry.initialDelay(),
            retry.multiplier(),
            retry.maxDelay(),
            retry.jitter());
    return new AttemptTerms(policy, attempt.timeout(), attempt.lease(), attempt.shutdownGrace());
  }

  /**
   * Returns the five types that the library knows, and the application's own.
   *
   * @throws IllegalArgumentException if a name is not one that a type may have, or a time is not
   *     more than zero
   */
  public EventTypes types() {
    EventTypes types = EventTypes.standard();
    for (Type type : eventTypes) {
      types = types.with(new EventType(type.name(), type.priority(), type.processingTime()));
    }
    return types;
  }
}
