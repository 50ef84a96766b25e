package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue.LimitScope;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The queue in Redis and the in-memory queue, which runs the Java state machine of the limit, get
 * the same random schedules and must give the same answers, to the microsecond.
 */
class DifferentialTest {

  private static final int SCHEDULES_PER_SEED = 100;
  private static final int STEPS = 60;
  private static final RedisClient CLIENT = TestClients.client(TestClients.server());

  @AfterAll
  static void shutDown() {
    CLIENT.shutdown();
  }

  /** To run more seeds than a build does: {@code -Dratelimit.seeds=100}. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("ratelimit.seeds", 10));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void answersAlike(long seed) {
    Random random = new Random(seed);
    for (int schedule = 0; schedule < SCHEDULES_PER_SEED; schedule++) {
      runSchedule("seed " + seed + " schedule " + schedule, random);
    }
  }

  private static void runSchedule(String name, Random random) {
    RateLimit limit = limit(random);
    VirtualTime time = VirtualTime.startingAt(Instant.ofEpochSecond(1_800_000_000));
    Optional<Duration> aging =
        random.nextInt(3) == 0 ? Optional.of(Duration.ofMillis(50)) : Optional.empty();
    Limits limits = random.nextBoolean() ? limits(random) : Limits.none();
    SetClock clock = new SetClock(time);
    boolean isScoped = !limits.declared().isEmpty() && random.nextInt(3) > 0;
    LimitScope scope = LimitScope.create();
    String scopeInRedis = TestClients.newNamespace();
    // Few, so that some types are counted together.
    int counted = 1 + random.nextInt(12);
    boolean isSet = random.nextInt(3) == 0;
    List<String> log = new ArrayList<>();
    List<Schedule> schedules = new ArrayList<>();
    try {
      for (int queue = 0; queue < (isScoped ? 2 : 1); queue++) {
        InMemoryEventQueue.Builder memory =
            InMemoryEventQueue.builder(limit).time(time).limits(limits).countedTypes(counted);
        RedisEventQueue.Builder redis =
            TestClients.queue(limit)
                .client(CLIENT)
                .time(time, clock)
                .limits(limits)
                .countedTypes(counted);
        aging.ifPresent(
            interval -> {
              memory.aging(interval);
              redis.aging(interval);
            });
        if (isScoped) {
          memory.scope(scope);
          redis.namespace(scopeInRedis + "/" + queue);
        }
        schedules.add(
            new Schedule(
                name + " limit " + limit + " " + limits.declared(),
                random,
                time,
                clock,
                isSet,
                !limits.declared().isEmpty(),
                log,
                memory.build(),
                redis.connect()));
      }
      for (int step = 0; step < STEPS; step++) {
        int queue = random.nextInt(schedules.size());
        log.add("queue " + queue);
        schedules.get(queue).next();
      }
      schedules.forEach(each -> each.same("stats", EventQueue::stats));
    } finally {
      schedules.forEach(Schedule::close);
    }
  }

  private static Limits limits(Random random) {
    Limits.Builder builder =
        Limits.builder()
            .limit("äll", windows(random))
            .limit("account", event -> event.attributes().get("account"), windows(random))
            .cost("account", event -> event.weight() == 2 ? 3 : 1);
    if (random.nextBoolean()) {
      builder.maxInFlight("wallet", AuditEvent::walletId, 1 + random.nextInt(2));
      if (random.nextBoolean()) {
        builder.retriesHold("wallet");
      }
    }
    return builder.build();
  }

  private static RateLimit[] windows(Random random) {
    return IntStream.rangeClosed(1, 1 + random.nextInt(3))
        .mapToObj(
            n -> {
              int permits = 1 + random.nextInt(8);
              Duration period = Duration.ofNanos((10_000L * n * n + random.nextInt(5_000)) * 1_000);
              return RateLimit.of(permits)
                  .per(period)
                  .withBurst(random.nextBoolean() ? 1 : 1 + random.nextInt(permits));
            })
        .toArray(RateLimit[]::new);
  }

  private static RateLimit limit(Random random) {
    int permits = random.nextInt(4) == 0 ? 1 + random.nextInt(100) : 1 + random.nextInt(8);
    Duration margin =
        random.nextInt(4) == 0 ? Duration.ofMillis(random.nextInt(20)) : Duration.ZERO;
    Duration period = Duration.ofNanos((10_000 + random.nextInt(100_000)) * 1_000L);
    RateLimit byDefault = RateLimit.of(permits).per(period).withMargin(margin);
    return random.nextInt(3) == 0
        ? byDefault
        : byDefault.withBurst(random.nextBoolean() ? 1 : 1 + random.nextInt(permits));
  }

  /** A random schedule. Its log of steps shows how to reproduce a failure. */
  private static final class Schedule {
    private static final EventType[] TYPES = {
      EventType.REBALANCE_NEEDED,
      EventType.NEW_BALANCE_UPDATE,
      EventType.of("OTHER").withPriority(Priority.LOW),
      EventType.of("OTHER-2"),
      EventType.of("OTHER")
    };

    private final String name;
    private final Random random;
    private final VirtualTime time;
    private final SetClock clock;
    private final boolean isSet;
    private final boolean isLimited;
    private final EventQueue expected;
    private final RedisEventQueue actual;
    private final List<String> log;
    private final List<Lease> leases = new ArrayList<>();
    private final List<Acquired> acquired = new ArrayList<>();
    private int nextId;
    private int nextRequest;
    private int nextAcquired;

    Schedule(
        String name,
        Random random,
        VirtualTime time,
        SetClock clock,
        boolean isSet,
        boolean isLimited,
        List<String> log,
        EventQueue expected,
        RedisEventQueue actual) {
      this.name = name;
      this.random = random;
      this.time = time;
      this.clock = clock;
      this.isSet = isSet;
      this.isLimited = isLimited;
      this.log = log;
      this.expected = expected;
      this.actual = actual;
    }

    void close() {
      expected.close();
      actual.close();
    }

    void next() {
      if (isSet && random.nextInt(6) == 0) {
        // Smaller shifts than the leeway need not be noticed.
        int seconds = random.nextBoolean() ? 0 : 10 * random.nextInt(-100, 100);
        clock.set(Duration.ofSeconds(seconds));
        log.add("the clock of Redis is off by " + seconds + " s");
      }
      int choice = random.nextInt(100);
      if (choice < 20) {
        publish();
      } else if (choice < 50) {
        take();
      } else if (choice < 55) {
        takeTogether();
      } else if (choice < 58) {
        acquire();
      } else if (choice < 63) {
        correct();
      } else if (choice < 75) {
        settle();
      } else if (choice < 88) {
        advance(Duration.ofNanos(random.nextInt(40_000) * 1_000L));
      } else if (choice < 95) {
        if (isLimited && random.nextBoolean()) {
          changeNamedLimit();
        } else {
          changeLimit();
        }
      } else {
        administrate();
      }
      if (random.nextInt(3) == 0) {
        same("stats", EventQueue::stats);
      }
    }

    private void publish() {
      List<AuditEvent> events = new ArrayList<>();
      for (int n = 1 + random.nextInt(6); n > 0; n--) {
        String id = "event-" + (random.nextInt(4) == 0 ? random.nextInt(nextId + 1) : nextId++);
        int weight = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1;
        AuditEvent event =
            AuditEvent.of(id, TYPES[random.nextInt(TYPES.length)], "wallet " + n)
                .withWeight(weight)
                .withPayload(Payload.ofText("payload of " + id));
        if (random.nextInt(3) > 0) {
          event = event.withAttribute("account", "ä " + random.nextInt(3));
        }
        events.add(random.nextBoolean() ? event : event.withAttribute("schlüssel", "wért:;"));
      }
      PublishTerms terms = terms();
      same("publish " + events.size() + " " + terms, queue -> queue.publish(events, terms));
    }

    private PublishTerms terms() {
      PublishTerms terms = PublishTerms.DEFAULT;
      if (random.nextInt(3) == 0) {
        terms = terms.withDelay(Duration.ofMillis(random.nextInt(50)));
      }
      if (random.nextInt(3) == 0) {
        PublishTerms.Expired then =
            random.nextBoolean() ? PublishTerms.Expired.FAILED : PublishTerms.Expired.DISCARDED;
        terms = terms.withExpiry(Duration.ofMillis(50 + random.nextInt(80)), then);
      }
      if (random.nextInt(3) == 0) {
        // Some have no key.
        terms =
            terms.withLatest(
                event -> event.id().endsWith("1") ? null : "kéy " + event.id().hashCode() % 4,
                random.nextBoolean() ? PublishTerms.Place.KEPT : PublishTerms.Place.NEW);
      }
      if (random.nextInt(3) == 0) {
        terms = terms.withDedupAfterDone(Duration.ofMillis(random.nextInt(150)));
      }
      return terms;
    }

    private TakeRequest request(WantedTypes types) {
      int max = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
      Duration lease = Duration.ofMillis(1 + random.nextInt(200));
      return new TakeRequest("request-" + nextRequest++, "worker", max, lease, types);
    }

    private WantedTypes wantedTypes() {
      List<String> names =
          Arrays.stream(TYPES).map(EventType::name).filter(name -> random.nextBoolean()).toList();
      return names.isEmpty() || random.nextInt(3) == 0
          ? WantedTypes.all()
          : WantedTypes.named(names);
    }

    /** Requests that share a call get the same answers as one after another. */
    private void takeTogether() {
      List<TakeRequest> requests = new ArrayList<>();
      WantedTypes types = wantedTypes();
      for (int n = 1 + random.nextInt(4); n >= 0; n--) {
        requests.add(request(types));
      }
      List<TakeResult> wanted = requests.stream().map(expected::take).toList();
      List<TakeResult> got =
          actual.taker.ask(requests).join().stream()
              .map(answer -> actual.taker.result(answer).orElseThrow())
              .toList();
      log.add(time.now() + " " + requests + " together -> " + wanted);
      assertThat(got).as(this::history).isEqualTo(wanted);
      for (TakeResult result : got) {
        if (result instanceof TakeResult.Taken taken) {
          leases.addAll(taken.leases());
        }
      }
    }

    private void take() {
      TakeRequest request = request(wantedTypes());
      Object result = same(request.toString(), queue -> queue.take(request));
      if (result instanceof TakeResult.Taken taken) {
        leases.addAll(taken.leases());
        if (random.nextInt(5) == 0) {
          same("again " + request, queue -> queue.take(request));
        }
      } else if (result instanceof TakeResult.NotBefore notBefore && random.nextInt(3) > 0) {
        advance(Duration.between(time.now(), notBefore.at()));
      }
    }

    private void acquire() {
      List<AcquireRequest> requests = new ArrayList<>();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        int permits = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
        // Some requests are sent again, or twice in one call.
        int id = random.nextInt(4) == 0 ? random.nextInt(nextAcquired + 1) : nextAcquired++;
        requests.add(new AcquireRequest("acquired-" + id, charges(permits)));
      }
      // Requests that no limit can ever admit are refused.
      Object answer = same(requests.toString(), queue -> queue.acquire(requests));
      List<?> results = answer instanceof List<?> given ? given : List.of();
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i) instanceof AcquireResult.Granted granted) {
          acquired.add(new Acquired(requests.get(i), granted));
        }
      }
    }

    private record Acquired(AcquireRequest request, AcquireResult.Granted granted) {}

    /** Corrects costs of attempts and other starts, some more than once, and some too late. */
    private void correct() {
      if (!acquired.isEmpty() && random.nextInt(3) == 0) {
        Acquired start = acquired.get(random.nextInt(acquired.size()));
        int cost = random.nextInt(2) == 0 ? 0 : random.nextInt(12);
        same("correct " + start, q -> q.correct(start.request, start.granted, cost));
      } else if (!leases.isEmpty()) {
        Lease lease = leases.get(random.nextInt(leases.size()));
        Costs costs = costs();
        same("correct " + lease.token() + " to " + costs, q -> q.correct(lease, costs));
      }
    }

    private Costs costs() {
      Costs costs = Costs.asReserved();
      if (random.nextBoolean()) {
        costs = costs.withPermits(random.nextInt(8));
      }
      for (NamedLimit limit : expected.namedLimitControl().limits()) {
        if (random.nextBoolean()) {
          costs = costs.with(limit.name(), random.nextInt(8));
        }
        for (RateLimit window : limit.windows()) {
          if (random.nextInt(4) == 0) {
            int used = random.nextInt(2 * window.permits());
            costs = costs.with(new Costs.Usage(limit.name(), window.period(), used));
          }
        }
      }
      return random.nextInt(8) == 0 ? costs.with("nobody's", 3) : costs;
    }

    private Charges charges(int permits) {
      if (!isLimited || random.nextInt(3) == 0) {
        return Charges.permits(permits);
      }
      Charges charges =
          Charges.of("account", "ä " + random.nextInt(3), permits)
              .withPermits(random.nextBoolean() ? 0 : 1 + random.nextInt(3));
      return switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> charges.and("äll", 1 + random.nextInt(2));
        case 4 -> charges.and("nobody's", 1);
        default -> charges;
      };
    }

    private void settle() {
      if (leases.isEmpty()) {
        return;
      }
      Lease lease = leases.get(random.nextInt(leases.size()));
      if (random.nextInt(5) > 0) {
        leases.remove(lease);
      }
      Duration duration = Duration.ofMillis(1 + random.nextInt(50));
      String reason = "bécause 1:".repeat(random.nextInt(40));
      switch (random.nextInt(7)) {
        case 4 -> ackTogether();
        case 0 -> same("retry " + lease.token(), q -> q.retry(lease, duration, reason));
        case 1 -> same("fail " + lease.token(), q -> q.fail(lease, reason));
        case 2 -> same("release " + lease.token(), q -> q.release(lease));
        case 3 -> same("extend " + lease.token(), q -> q.extend(lease, duration));
        default -> same("ack " + lease.token(), q -> q.ack(lease));
      }
    }

    private void ackTogether() {
      List<Lease> some = leases.subList(0, random.nextInt(leases.size() + 1));
      List<Settlement> wanted = some.stream().map(expected::ack).toList();
      log.add(time.now() + " ack " + some.size() + " together -> " + wanted);
      assertThat(actual.ackAll(some)).as(this::history).isEqualTo(wanted);
    }

    private void changeLimit() {
      Duration duration = Duration.ofMillis(1 + random.nextInt(60));
      String owner = "öwner " + random.nextInt(3);
      switch (random.nextInt(11)) {
        case 0, 1, 8 -> {
          RateLimit other = limit(random);
          same("demand " + other, q -> q.limitControl().demand(owner, other, duration));
        }
        case 2 -> same("end demand", q -> q.limitControl().endDemand(owner));
        case 9 -> {
          RateLimit other = limit(random);
          same("ceiling " + other, q -> q.limitControl().changeCeiling(other));
        }
        case 10 -> same("no ceiling", q -> q.limitControl().removeCeiling());
        case 3 -> same("pause for " + duration, q -> q.limitControl().pauseFor(duration));
        case 4 -> same("pause", q -> q.limitControl().pause());
        case 5 -> same("resume", q -> q.limitControl().resume());
        default -> {
          RateLimit other = limit(random);
          same("change to " + other, q -> q.limitControl().changeLimit(other));
        }
      }
    }

    private void changeNamedLimit() {
      LimitKey key = new LimitKey("account", "ä " + random.nextInt(3));
      Duration duration = Duration.ofMillis(1 + random.nextInt(60));
      switch (random.nextInt(12)) {
        case 0 -> {
          NamedLimit limit =
              NamedLimit.of(random.nextBoolean() ? "account" : "äll", windows(random));
          NamedLimit raisable = random.nextBoolean() ? limit : limit.withCeiling(raised(limit));
          same(raisable.toString(), q -> done(() -> q.namedLimitControl().set(raisable)));
        }
        case 6, 7 -> {
          KeyPattern keys = pattern();
          List<RateLimit> windows = List.of(windows(random));
          same(
              "override " + keys + " " + windows,
              q -> done(() -> q.namedLimitControl().override(keys, windows)));
        }
        case 8 -> {
          KeyPattern keys = pattern();
          same(
              "remove override " + keys,
              q -> done(() -> q.namedLimitControl().removeOverride(keys)));
        }
        case 9, 10 -> demandNamed(duration);
        case 11 ->
            same(
                "settings",
                q ->
                    q.namedLimitControl().settings("account").toString()
                        + q.namedLimitControl().settings("äll")
                        + q.namedLimitControl().settings("none"));
        case 1 -> same("pause " + key, q -> done(() -> q.namedLimitControl().pause(key)));
        case 2 ->
            same(
                "pause " + key + " for " + duration,
                q -> done(() -> q.namedLimitControl().pauseFor(key, duration)));
        case 3 -> same("resume " + key, q -> done(() -> q.namedLimitControl().resume(key)));
        case 4 -> same("stats of " + key, q -> q.namedLimitControl().key(key));
        default ->
            same(
                "keys",
                q -> Set.copyOf(q.namedLimitControl().keys("account", Optional.empty(), 100)));
      }
    }

    private void demandNamed(Duration duration) {
      KeyPattern keys = pattern();
      String owner = "öwner " + random.nextInt(2);
      List<RateLimit> wanted =
          expected.namedLimitControl().settings(keys.limit()).orElseThrow().limit().windows();
      List<RateLimit> windows =
          List.of(raised(NamedLimit.of("any", wanted.toArray(RateLimit[]::new))));
      if (random.nextInt(3) == 0) {
        same(
            "end demand of " + owner + " for " + keys,
            q -> done(() -> q.namedLimitControl().endDemand(keys, owner)));
      } else {
        same(
            "demand of " + owner + " for " + keys + " " + windows + " for " + duration,
            q -> done(() -> q.namedLimitControl().demand(keys, owner, windows, duration)));
      }
    }

    private KeyPattern pattern() {
      String[] patterns = {"*", "ä 0", "ä 1", "ä*", "*1", "* *", "ä*2", "*ä", "\\*", "", "x*"};
      return new KeyPattern(
          random.nextInt(3) > 0 ? "account" : "äll", patterns[random.nextInt(patterns.length)]);
    }

    /** Returns windows of the same length as a limit's, with more or fewer permits. */
    private RateLimit[] raised(NamedLimit limit) {
      return limit.windows().stream()
          .map(
              window -> {
                int permits = Math.max(1, window.permits() + random.nextInt(8) - 2);
                return RateLimit.of(permits)
                    .per(window.period())
                    .withBurst(1 + random.nextInt(permits))
                    .withMargin(window.margin());
              })
          .toArray(RateLimit[]::new);
    }

    private static String done(Runnable action) {
      action.run();
      return "done";
    }

    private void administrate() {
      long after = random.nextInt(1 + nextId);
      int max = 1 + random.nextInt(5);
      switch (random.nextInt(13)) {
        case 10, 11, 12 -> amend();
        case 8 -> same("leases", q -> Set.copyOf(q.leases(1_000)));
        case 9 -> same("latest", q -> Set.copyOf(q.failedQueue().latest(1_000)));
        case 0, 1, 2 -> {
          Priority priority = List.of(Priority.values()).get(random.nextInt(3));
          same("peek " + priority, q -> q.peek(priority, after, max));
        }
        case 3 -> {
          Object page = same("failed " + after, q -> q.failedQueue().page(0, max));
          if (page instanceof List<?> failures && !failures.isEmpty()) {
            long sequence = ((FailedEvent) failures.get(0)).sequence();
            same("redrive " + sequence, q -> q.failedQueue().redrive(sequence));
          }
        }
        case 4 -> same("redrive all", q -> q.failedQueue().redriveAll(after, max));
        case 5 -> same("purge " + after, q -> q.failedQueue().purge(after));
        case 6 -> same("redrive " + after, q -> q.failedQueue().redrive(after));
        default -> {
          ClearScope scope = List.of(ClearScope.values()).get(random.nextInt(3));
          same("clear " + scope, q -> q.clear(scope));
        }
      }
    }

    private void amend() {
      String id = "event-" + random.nextInt(1 + nextId);
      if (random.nextBoolean()) {
        same("cancel " + id, q -> q.cancel(id));
      } else {
        Priority priority = List.of(Priority.values()).get(random.nextInt(3));
        same(id + " becomes " + priority, q -> q.reprioritize(id, priority));
      }
    }

    private void advance(Duration duration) {
      if (!duration.isNegative()) {
        time.advance(duration);
        log.add("advance " + duration);
      }
    }

    private Object same(String step, Function<EventQueue, Object> call) {
      Object wanted = outcome(expected, call);
      Object got = outcome(actual, call);
      log.add(time.now() + " " + step + " -> " + wanted);
      assertThat(got).as(this::history).isEqualTo(wanted);
      return got;
    }

    /** Compares statistics without the clock's shift, which only a changed clock has. */
    private static QueueStats withoutShift(QueueStats stats) {
      return new QueueStats(
          stats.observedAt(),
          stats.published(),
          stats.pendingByPriority(),
          stats.pendingByType(),
          stats.delayed(),
          stats.leased(),
          stats.done(),
          stats.failed(),
          stats.discarded(),
          stats.lost(),
          stats.starts(),
          stats.startedPermits(),
          stats.acquiredPermits(),
          stats.retried(),
          stats.givenUp(),
          stats.replaced(),
          stats.expired(),
          stats.expiredLeases(),
          stats.corrections(),
          stats.oldestPendingAge(),
          stats.startsInWindow(),
          stats.largestWindows(),
          stats.assumedStarts(),
          stats.latestStart(),
          stats.nextStart(),
          stats.observed(),
          stats.pendingPermits(),
          stats.setAside(),
          stats.limit(),
          Duration.ZERO,
          stats.loads());
    }

    private String history() {
      return name + "\n" + String.join("\n", log);
    }

    private static Object outcome(EventQueue queue, Function<EventQueue, Object> call) {
      try {
        Object outcome = call.apply(queue);
        return outcome instanceof QueueStats stats ? withoutShift(stats) : outcome;
      } catch (IllegalArgumentException e) {
        return e.getMessage();
      }
    }
  }
}
