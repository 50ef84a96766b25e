package io.ratelimit.benchmarks.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.benchmarks.faults.judge.Bound;
import io.ratelimit.benchmarks.faults.judge.Entry;
import io.ratelimit.benchmarks.faults.judge.Rule;
import io.ratelimit.benchmarks.faults.judge.Stamps;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.engine.EngineHealth;
import io.ratelimit.core.engine.EngineListener;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.redis.RedisEventQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A process of the load, which embeds the library like a host: it publishes, handles, changes the
 * limit on command, and records what it sees. Arguments: URI, journal, name, seed, the number of
 * event types that it handles, counted from the last one, which has the lowest priority, and the
 * named limits that events charge.
 *
 * <p>It prints "ready", and then reads commands: {@code limit N} changes the limit; {@code drain}
 * stops publishing and makes handlers return at once. At the end of its input, it ends gracefully.
 */
final class LoadProcess {

  private static final String CALLS = "faults/calls";
  private static final long CALL_EACH_MILLIS = 400;
  static final int PERMITS = 20;
  static final int RAISED_PERMITS = 40;
  static final Duration PERIOD = Duration.ofSeconds(2);
  static final Duration LEASE = Duration.ofSeconds(3);

  // A full burst, so that only the log of starts keeps windows within the limit.
  private static final int BURST = PERMITS;
  private static final int LANES = 2;
  private static final int RETAINED = 5;
  private static final int FIRST_EVENTS = 40;
  private static final long PUBLISH_EACH_MILLIS = 140;
  private static final long HANDLER_MILLIS = 250;
  private static final long CONNECTS_WITHIN_MICROS = 90 * Stamps.PER_SECOND;
  private static final long RETRY_MILLIS = 100;
  private static final long HEALTH_EACH_MILLIS = 100;
  private static final long REPEAT_HEALTH_MICROS = 2 * Stamps.PER_SECOND;
  private static final int PAYLOAD_BYTES = 500;
  private static final int FAILS_ONCE = 10;
  private static final int FAILS_FOR_GOOD = 30;
  private static final int AT_ONCE = 2;
  private static final int ACCOUNTS = 4;

  /** The windows of named limits; together, they bind once the queue's own limit is raised. */
  static final List<Rule> RULES =
      List.of(
          new Rule("address", 2 * Stamps.PER_SECOND, 24, 1),
          new Rule("account", 2 * Stamps.PER_SECOND, 8, ACCOUNTS),
          new Rule("account", 5 * Stamps.PER_SECOND, 15, ACCOUNTS));

  /** The most attempts in flight per account. */
  static final List<Bound> BOUNDS =
      List.of(new Bound("account", AT_ONCE, ACCOUNTS, TimeUnit.MICROSECONDS.convert(LEASE)));

  static final List<EventType> TYPES =
      List.of(
          EventType.REBALANCE_NEEDED,
          EventType.OPEN_ORDER_DETECTED,
          new EventType("LOW", Priority.LOW, Duration.ofSeconds(1)));

  private final String name;
  private final long seed;
  private final JournalWriter journal;
  private final RedisEventQueue queue;
  private final Optional<RedisEventQueue> calls;
  private final AuditEngine engine;
  private final ExecutorService limitChanges = Executors.newSingleThreadExecutor(this::daemon);
  private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  private LoadProcess(
      String uri, Path journal, String name, long seed, int handled, Fault.Named named)
      throws IOException, InterruptedException {
    this.name = name;
    this.seed = seed;
    this.journal = new JournalWriter(journal);
    this.queue = connect(uri, named.namespace(), named);
    this.calls =
        named == Fault.Named.SHARED ? Optional.of(connect(uri, CALLS, named)) : Optional.empty();
    AuditEngine.Builder builder =
        AuditEngine.builder(queue)
            .name(name)
            .workers(LANES, LANES)
            .lease(LEASE)
            .shutdownGrace(Duration.ofSeconds(2))
            .deadline(Duration.ofHours(1))
            .retryPolicy(new RetryPolicy(3, Duration.ofMillis(300), 2, Duration.ofSeconds(2), 0.5))
            .listener(new Writer());
    for (EventType type : TYPES.subList(TYPES.size() - handled, TYPES.size())) {
      builder = builder.handler(type, this::handle);
    }
    this.engine = builder.build();
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler(LoadProcess::end);
    LoadProcess process =
        new LoadProcess(
            arguments[0],
            Path.of(arguments[1]),
            arguments[2],
            Long.parseLong(arguments[3]),
            Integer.parseInt(arguments[4]),
            Fault.Named.valueOf(arguments[5]));
    process.run();
    System.exit(0);
  }

  /** Ends the process on an unexpected exception, so that it is noticed. */
  private static void end(Thread thread, Throwable failure) {
    failure.printStackTrace();
    Runtime.getRuntime().halt(1);
  }

  private static RedisEventQueue connect(String uri, String namespace, Fault.Named named)
      throws InterruptedException {
    RedisEventQueue.Builder builder =
        RedisEventQueue.builder(limit(PERMITS)).uri(uri).namespace(namespace).retainDone(RETAINED);
    if (named != Fault.Named.NONE) {
      builder = builder.limits(limits());
    }
    long until = Stamps.now() + CONNECTS_WITHIN_MICROS;
    while (true) {
      try {
        return builder.connect();
      } catch (QueueException notYet) {
        if (Stamps.now() > until) {
          throw notYet;
        }
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  /** Returns the limits that the judge knows as {@link #RULES} and {@link #BOUNDS}. */
  private static Limits limits() {
    Rule address = RULES.get(0);
    Rule account = RULES.get(1);
    return Limits.builder()
        .limit(address.name(), window(address))
        .limit(
            account.name(),
            event -> Integer.toString(account.key(event.id())),
            window(account),
            window(RULES.get(2)))
        .maxInFlight(account.name(), BOUNDS.get(0).most())
        .build();
  }

  private static RateLimit window(Rule rule) {
    return RateLimit.of(rule.permits())
        .per(Duration.of(rule.windowMicros(), ChronoUnit.MICROS))
        .withBurst(rule.permits());
  }

  private static RateLimit limit(int permits) {
    return RateLimit.of(permits).per(PERIOD).withBurst(BURST);
  }

  private void run() throws IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "close"));
    engine.start();
    daemon(this::publish).start();
    calls.ifPresent(shared -> daemon(() -> call(shared)).start());
    daemon(this::watchHealth).start();
    System.out.println("ready");
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (line.equals("drain")) {
        draining = true;
      } else {
        int permits = Integer.parseInt(line.substring("limit ".length()));
        limitChanges.execute(() -> changeLimit(permits));
      }
    }
  }

  private Thread daemon(Runnable task) {
    Thread thread = new Thread(task, name + "-load");
    thread.setDaemon(true);
    return thread;
  }

  private void close() {
    tellWhatIsMissing();
    engine.close();
    queue.close();
    calls.ifPresent(RedisEventQueue::close);
  }

  private void tellWhatIsMissing() {
    try {
      QueueStats stats = queue.stats();
      long missing =
          stats.published()
              - stats.unfinished()
              - stats.done()
              - stats.failed()
              - stats.discarded();
      journal.write(new Entry.Missing(Stamps.now(), missing));
    } catch (QueueException unanswered) {
      // The queue reports nothing, so the judge counts nothing as reported.
    }
  }

  private void changeLimit(int permits) {
    journal.write(new Entry.LimitAsked(Stamps.now(), permits));
    while (true) {
      try {
        queue.limitControl().changeLimit(limit(permits));
        journal.write(new Entry.LimitChanged(Stamps.now(), permits));
        return;
      } catch (QueueException again) {
        pause(RETRY_MILLIS);
      }
    }
  }

  private void publish() {
    for (int n = 0; !draining; n++) {
      String id = name + '-' + n;
      EventType type = TYPES.get(n % TYPES.size());
      AuditEvent event =
          AuditEvent.of(id, type, "wallet").withPayload(Payload.ofBytes(new byte[PAYLOAD_BYTES]));
      try {
        queue.publish(event);
        journal.write(new Entry.Published(Stamps.now(), id));
      } catch (QueueException unclear) {
        journal.write(new Entry.Unclear(Stamps.now(), id));
      }
      if (n >= FIRST_EVENTS) {
        pause(PUBLISH_EACH_MILLIS);
      }
    }
  }

  /** Makes calls with the same charges as the events, from another namespace of the scope. */
  private void call(RedisEventQueue shared) {
    Rule account = RULES.get(1);
    try (RateLimiter limiter = RateLimiter.of(shared)) {
      for (int n = 0; !draining; n++) {
        String id = name + "-call-" + n;
        Charges charges =
            Charges.of(RULES.get(0).name(), 1)
                .and(account.name(), Integer.toString(account.key(id)), 1);
        try {
          if (limiter.tryAcquire(charges) instanceof AcquireResult.Granted granted) {
            journal.write(new Entry.Called(Stamps.now(), id, Stamps.of(granted.start())));
          }
        } catch (QueueException unclear) {
          // It may have been granted a permit, which stays unused.
        }
        pause(CALL_EACH_MILLIS);
      }
    }
  }

  private void handle(AuditEvent event) throws Exception {
    try {
      work(event);
    } finally {
      journal.write(new Entry.Handled(Stamps.now(), event.id()));
    }
  }

  private void work(AuditEvent event) throws Exception {
    if (!draining) {
      Thread.sleep(HANDLER_MILLIS);
    }
    int chance = Math.floorMod(31 * seed + event.id().hashCode(), FAILS_FOR_GOOD);
    if (chance == 0) {
      throw new PermanentFailureException("fails for good");
    }
    if (chance % FAILS_ONCE == 1 && failedOnce.add(event.id())) {
      throw new IOException("fails once");
    }
  }

  private void watchHealth() {
    Entry.Health last = new Entry.Health(0, "", "");
    while (true) {
      EngineHealth health = engine.health();
      Entry.Health now =
          new Entry.Health(
              Stamps.now(), health.status().name(), String.join("; ", health.reasons()));
      boolean isBad = health.status() != EngineHealth.Status.UP;
      if (!now.status().equals(last.status())
          || (isBad && now.at() - last.at() > REPEAT_HEALTH_MICROS)) {
        journal.write(now);
        last = now;
      }
      pause(HEALTH_EACH_MILLIS);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the load", e);
    }
  }

  private final class Writer implements EngineListener {
    @Override
    public void attemptStarted(Lease lease, int lane) {
      journal.write(
          new Entry.Started(Stamps.now(), lease.event().id(), Stamps.of(lease.takenAt())));
    }

    @Override
    public void attemptFinished(
        Lease lease, int lane, AttemptOutcome outcome, Duration processing, Settlement settlement) {
      String what =
          outcome instanceof AttemptOutcome.Done
              ? "done"
              : outcome instanceof AttemptOutcome.Failed ? "failed" : "again";
      journal.write(
          new Entry.Ended(
              Stamps.now(), lease.event().id(), what, settlement != Settlement.STALE_LEASE));
    }

    @Override
    public void failed(String activity, Throwable failure) {
      System.err.println(Stamps.now() + " " + activity + ": " + failure);
    }
  }
}
