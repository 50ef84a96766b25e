package io.ratelimit.cli.web;

import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.FoundQueues;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Finds the queues that exist, in the background and only while somebody wants to know: a store
 * that nobody looks at is not searched. Thread-safe.
 */
final class QueueNames implements AutoCloseable {

  /** The most names returned. */
  private static final int MOST = 100;

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration EVERY = Duration.ofSeconds(30);

  /** How long a request counts from somebody who does not listen, but asks now and then. */
  private static final Duration WANTED = Duration.ofMinutes(1);

  private final QueueSource source;
  private final BooleanSupplier wanted;
  private final Time time;
  private Instant next = Instant.MIN;
  private volatile Instant wantedUntil = Instant.MIN;
  private volatile Optional<FoundQueues> known = Optional.empty();
  private final Repeating looking;

  /**
   * Starts to look for queues.
   *
   * @param wanted whether somebody wants to know now
   */
  QueueNames(QueueSource source, BooleanSupplier wanted, Time time) {
    this.source = source;
    this.wanted = wanted;
    this.time = time;
    this.looking = Repeating.start("queues", PAUSE, this::look);
  }

  private void look() {
    Instant now = time.now();
    if (now.isBefore(next) || !(wanted.getAsBoolean() || now.isBefore(wantedUntil))) {
      return;
    }
    next = now.plus(EVERY);
    try {
      known = Optional.of(source.find().apply(MOST));
    } catch (QueueException away) {
      // The store is away, or its user may not search: what was known stays.
    }
  }

  /** Returns the known queues, and keeps looking for them for a while. */
  Optional<FoundQueues> wanted() {
    wantedUntil = time.now().plus(WANTED);
    return known;
  }

  /** Returns the known queues, or some of many; empty if unknown. Never blocks. */
  Optional<FoundQueues> known() {
    return known;
  }

  @Override
  public void close() {
    looking.close();
  }
}
