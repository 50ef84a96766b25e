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
 * Which queues there are, looked for in the background, while somebody wants to know: a store that
 * nobody looks at is not searched. Thread-safe.
 */
final class QueueNames implements AutoCloseable {

  /** So many are told. */
  private static final int MOST = 100;

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration EVERY = Duration.ofSeconds(30);

  /** Who does not listen, but asks now and then, wants to know for so long. */
  private static final Duration WANTED = Duration.ofMinutes(1);

  private final QueueSource source;
  private final BooleanSupplier wanted;
  private final Time time;
  private Instant next = Instant.MIN;
  private volatile Instant wantedUntil = Instant.MIN;
  private volatile Optional<FoundQueues> known = Optional.empty();
  private final Repeating looking;

  /**
   * Begins.
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
      // Or its user may not search: what was known is told.
    }
  }

  /** Returns the same, and has it looked for from now on, for a while. */
  Optional<FoundQueues> wanted() {
    wantedUntil = time.now().plus(WANTED);
    return known;
  }

  /** Returns which there are, or some of many, if that is known; answers at once. */
  Optional<FoundQueues> known() {
    return known;
  }

  @Override
  public void close() {
    looking.close();
  }
}
