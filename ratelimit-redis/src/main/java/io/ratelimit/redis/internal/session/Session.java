package io.ratelimit.redis.internal.session;

import io.ratelimit.core.internal.log.RepeatedWarnings;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.time.Time;
import io.ratelimit.redis.internal.script.Keys;
import io.ratelimit.redis.internal.script.LimitedReply;
import io.ratelimit.redis.internal.script.Reply;
import io.ratelimit.redis.internal.script.Script;
import io.ratelimit.redis.internal.store.Store;
import io.ratelimit.redis.internal.wire.Micros;
import io.ratelimit.redis.internal.wire.WireSettings;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of a namespace: its name, its time, and what it remembers of the limit and passes with
 * each call. Thread-safe.
 */
public final class Session {

  private static final Logger log = LoggerFactory.getLogger(Session.class);

  public static final String READ_ONLY = "it changes nothing";

  private final Store store;
  private final Time time;
  private final Optional<Time> givenTime;
  private final String startUp;
  private final Remembered remembered;
  private final RepeatedWarnings warnings;
  private final byte[] channel;
  private final String client = UUID.randomUUID().toString();

  /**
   * @param time this process's time
   * @param givenTime replaces Redis's clock
   * @param startUp what to assume of an unknown past, as the scripts name it
   * @param initial the settings for a namespace that has none
   */
  public Session(
      Store store,
      Keys keys,
      Time time,
      Optional<Time> givenTime,
      String startUp,
      WireSettings initial) {
    this.store = store;
    this.channel = keys.channel();
    this.time = time;
    this.givenTime = givenTime;
    this.startUp = startUp;
    this.remembered = new Remembered(initial);
    this.warnings = new RepeatedWarnings(time);
  }

  public Store store() {
    return store;
  }

  public Time time() {
    return time;
  }

  /** Returns the channel on which clients announce changes. */
  public byte[] channel() {
    return channel;
  }

  /** Returns the name with which this client signs its own changes. */
  public String client() {
    return client;
  }

  /** Runs a script whose arguments and reply begin with what the client remembers. */
  public LimitedReply limited(Script script, String ifLost, Object... arguments) {
    while (true) {
      long sent = hereMicros();
      Reply reply = store.query(script, ifLost, withMemory(sent, arguments));
      Optional<LimitedReply> understood = remember(sent, reply);
      if (understood.isPresent()) {
        return understood.get();
      }
    }
  }

  /** Runs such a script without waiting, for a call that other questions queue up behind. */
  public <T> CompletableFuture<T> askLimited(
      Script script, Function<LimitedReply, T> reading, Object... arguments) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    ask(answer, script, reading, arguments);
    return answer;
  }

  private <T> void ask(
      CompletableFuture<T> answer,
      Script script,
      Function<LimitedReply, T> reading,
      Object[] arguments) {
    long sent = hereMicros();
    CompletableFuture<Optional<LimitedReply>> asked =
        store.ask(
            script,
            reply -> remember(sent, new Reply((List<?>) reply)),
            withMemory(sent, arguments));
    Store.cancelTogether(answer, asked);
    var unused =
        asked.whenComplete(
            (understood, failure) -> {
              try {
                if (failure != null) {
                  answer.completeExceptionally(failure);
                } else if (understood.isPresent()) {
                  answer.complete(reading.apply(understood.get()));
                } else if (!answer.isDone()) {
                  ask(answer, script, reading, arguments);
                }
              } catch (Throwable fault) {
                answer.completeExceptionally(fault);
              }
            });
  }

  private Object[] withMemory(long sent, Object[] arguments) {
    Remembered.Memory memory = remembered.memory(sent, storeNow());
    Object[] all = new Object[4 + arguments.length];
    all[0] = memory.clock();
    all[1] = memory.latestStart();
    all[2] = memory.settings();
    all[3] = startUp;
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return all;
  }

  /**
   * Remembers a reply. Returns empty if the call must be sent again: it did nothing, because the
   * store's clock may be wrong.
   */
  private Optional<LimitedReply> remember(long sent, Reply reply) {
    long received = hereMicros();
    long now = reply.number();
    OptionalLong latestStart = reply.optionalNumber();
    String settings = reply.text();
    Optional<String> line = reply.optionalText();
    boolean isAhead = remembered.see(sent, received, now, latestStart, settings, line);
    if (isAhead && line.isEmpty()) {
      warnings.warn(
          log,
          "clock",
          "the clock of Redis was set forward while the queue was in use; the queue's"
              + " time continues as before",
          null);
    }
    return line.isPresent()
        ? Optional.of(new LimitedReply(now, remembered.settings(settings), reply))
        : Optional.empty();
  }

  /** Returns the settings of the limit that this client saw last, without asking Redis. */
  public LimitSettings seenSettings() {
    return remembered.settings();
  }

  private long hereMicros() {
    return Micros.floor(time.now());
  }

  private Optional<Long> storeNow() {
    return givenTime.map(given -> Micros.floor(given.now()));
  }

  /** Returns the argument about the time that scripts take. */
  public String clock() {
    return remembered.clock(hereMicros(), storeNow());
  }

  public Optional<Instant> here(OptionalLong storeMicros, long storeNow) {
    return storeMicros.isPresent()
        ? Optional.of(here(storeMicros.getAsLong(), storeNow))
        : Optional.empty();
  }

  /**
   * Converts a time of the store to this process's time. The store's now is before this moment, so
   * the result is at most the reply's latency too late, and never early.
   */
  public Instant here(long storeMicros, long storeNow) {
    return time.now().plus(Micros.toDuration(storeMicros - storeNow));
  }
}
