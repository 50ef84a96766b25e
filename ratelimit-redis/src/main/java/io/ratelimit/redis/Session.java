package io.ratelimit.redis;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.time.Time;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One client of a namespace: its name, its time, and what it remembers of the limit and passes with
 * each call. Thread-safe.
 */
final class Session {

  static final String READ_ONLY = "it changes nothing";

  private final Store store;
  private final Time time;
  private final boolean timeIsGiven;
  private final String startUp;
  private final Remembered remembered;
  private final byte[] channel;
  private final String client = UUID.randomUUID().toString();

  /**
   * @param givenTime takes the place of Redis's clock
   * @param startUp what to take an unknown past for, as the scripts call it
   * @param initial the settings that a namespace without any takes
   */
  Session(Store store, Keys keys, Optional<Time> givenTime, String startUp, WireSettings initial) {
    this.store = store;
    this.channel = keys.channel();
    this.time = givenTime.orElseGet(Time::system);
    this.timeIsGiven = givenTime.isPresent();
    this.startUp = startUp;
    this.remembered = new Remembered(initial);
  }

  Store store() {
    return store;
  }

  Time time() {
    return time;
  }

  /** Where clients tell each other of changes. */
  byte[] channel() {
    return channel;
  }

  /** The name under which this client tells of its own changes. */
  String client() {
    return client;
  }

  /** A reply that began with what the client remembers. */
  record LimitedReply(long now, LimitSettings settings, Reply rest) {}

  /** Runs a script whose arguments and reply begin with what the client remembers. */
  LimitedReply limited(Script script, String ifLost, Object... arguments) {
    return remember(store.query(script, ifLost, withMemory(arguments)));
  }

  /** The same without waiting, for a call that others wait behind. */
  <T> CompletableFuture<T> askLimited(
      Script script, Function<LimitedReply, T> reading, Object... arguments) {
    return store.ask(
        script,
        reply -> reading.apply(remember(new Reply((List<?>) reply))),
        withMemory(arguments));
  }

  private Object[] withMemory(Object[] arguments) {
    Object[] all = new Object[4 + arguments.length];
    all[0] = givenNow();
    all[1] = remembered.latestStart();
    all[2] = remembered.settings();
    all[3] = startUp;
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return all;
  }

  private LimitedReply remember(Reply reply) {
    long now = reply.number();
    OptionalLong latestStart = reply.optionalNumber();
    String settings = reply.text();
    remembered.see(latestStart, settings);
    return new LimitedReply(now, remembered.settings(settings), reply);
  }

  /** The time for the scripts: nothing where it is that of Redis. */
  String givenNow() {
    return timeIsGiven ? Long.toString(Micros.floor(time.now())) : "";
  }

  Optional<Instant> here(OptionalLong storeMicros, long storeNow) {
    return storeMicros.isPresent()
        ? Optional.of(here(storeMicros.getAsLong(), storeNow))
        : Optional.empty();
  }

  /**
   * A time of the store by this process's time. The store's now lies before this moment, so the
   * result is late by the reply's latency at most, and never early.
   */
  Instant here(long storeMicros, long storeNow) {
    return time.now().plus(Micros.toDuration(storeMicros - storeNow));
  }
}
