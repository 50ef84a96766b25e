package io.ratelimit.core.history;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Random rounds of any kind that a record can hold; a seed determines them. */
final class RandomRounds {

  private static final Instant EARLIEST = Instant.parse("2020-01-01T00:00:00Z");

  private final SplittableRandom random;
  private final int most;

  /**
   * @param most the length of lists, in percent of the longest allowed
   */
  RandomRounds(long seed, int most) {
    this.random = new SplittableRandom(seed);
    this.most = most;
  }

  RoundRecord next() {
    Instant startedAt = EARLIEST.plusNanos(random.nextLong(1L << 58));
    return new RoundRecord(
        "round-" + random.nextInt(1_000_000),
        text(),
        text(),
        startedAt,
        startedAt.plusNanos(random.nextLong(1L << 50)),
        Duration.ofNanos(1 + random.nextLong(1L << 50)),
        one(RoundRecord.Outcome.values()),
        maybe(this::text),
        maybe(this::counts),
        maybe(this::minutes),
        list(RoundRecord.MOST_TYPES, this::type),
        new RoundRecord.Sample(
            count(),
            maybe(this::histogram),
            maybe(this::histogram),
            maybe(() -> list(RoundRecord.MOST_WALLETS, this::wallet))),
        new RoundRecord.LimitUse(
            maybe(this::limit),
            list(RoundRecord.MOST_CHANGES, this::inForce),
            maybe(this::count),
            maybe(this::count)),
        maybe(
            () ->
                new RoundRecord.Workers(
                    random.nextInt(1_000), random.nextDouble() * 100, random.nextDouble() * 1e6)),
        bound(),
        list(RoundRecord.MOST_NOTES, this::text));
  }

  @SafeVarargs
  private <T> T one(T... values) {
    return values[random.nextInt(values.length)];
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextInt(4) == 0 ? Optional.empty() : Optional.of(value.get());
  }

  private <T> List<T> list(int longest, Supplier<T> element) {
    int size = random.nextInt(longest * most / 100 + 1);
    List<T> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(element.get());
    }
    return list;
  }

  /** Returns any text: quotes, line ends, unpaired surrogates. */
  private String text() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(1 + random.nextInt(1, 400));
    for (int i = 0; i < length; i++) {
      int kind = random.nextInt(10);
      text.append(
          (char) (kind == 0 ? random.nextInt(0x10000) : kind == 1 ? random.nextInt(32) : 34 + i));
    }
    return text.toString();
  }

  private long count() {
    return random.nextLong(1L << random.nextInt(1, 50));
  }

  private RoundRecord.Counts counts() {
    return new RoundRecord.Counts(
        count(), count(), count(), count(), count(), count(), count(), count());
  }

  private List<Long> minutes() {
    return list(RoundRecord.MOST_MINUTES, this::count);
  }

  private RoundRecord.OfType type() {
    return new RoundRecord.OfType(
        "TYPE_" + random.nextInt(100),
        maybe(this::count),
        maybe(this::minutes),
        count(),
        count(),
        count(),
        count(),
        maybe(this::histogram));
  }

  private RoundRecord.OfWallet wallet() {
    long attempts = count();
    return new RoundRecord.OfWallet(text(), attempts, random.nextLong(attempts + 1));
  }

  private Spread histogram() {
    SortedMap<Integer, Long> counts = new TreeMap<>();
    SortedMap<Integer, Long> nanos = new TreeMap<>();
    int buckets = random.nextInt(200 * most / 100 + 1);
    for (int i = 0; i < buckets; i++) {
      int bucket = random.nextInt(200);
      counts.put(bucket, 1 + count());
      nanos.put(bucket, random.nextLong(Long.MAX_VALUE));
    }
    return new Spread(counts, nanos, Duration.ofNanos(random.nextLong(1L << 50)));
  }

  private RateLimit limit() {
    RateLimit limit = RateLimit.of(1 + random.nextInt(1_000)).per(duration(1_000));
    return random.nextBoolean() ? limit : limit.withMargin(duration(0)).withBurst(1);
  }

  private Duration duration(long leastMicros) {
    return Duration.ofNanos((leastMicros + random.nextLong(1L << 34)) * 1_000);
  }

  private RoundRecord.InForce inForce() {
    return new RoundRecord.InForce(
        EARLIEST.plusNanos(random.nextLong(1L << 58)), limit(), one(Mode.values()));
  }

  private Map<Constraint, Double> bound() {
    Map<Constraint, Double> bound = new EnumMap<>(Constraint.class);
    for (Constraint constraint : Constraint.values()) {
      maybe(random::nextDouble).ifPresent(share -> bound.put(constraint, share));
    }
    return bound;
  }
}
