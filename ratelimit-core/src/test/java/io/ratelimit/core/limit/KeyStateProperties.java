package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Laws that hold for a key of a named limit, whatever its windows and their changes. */
class KeyStateProperties {

  private static final int TRIES = 2_000;
  private static final int STEPS = 60;
  private static final long BEGIN = 1_800_000_000_000_000L;

  /** Returns windows of different lengths. */
  @Provide
  Arbitrary<List<RateLimit>> windows() {
    return Arbitraries.oneOf(RandomLimits.small(), RandomLimits.small(), RandomLimits.usual())
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .uniqueElements(RateLimit::windowMicros);
  }

  private static int largest(List<RateLimit> windows) {
    return windows.stream().mapToInt(RateLimit::permits).min().orElseThrow();
  }

  private static int cost(Random random, int largest) {
    return random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(largest);
  }

  private static long later(Random random, long now, List<RateLimit> windows) {
    long window = windows.get(random.nextInt(windows.size())).windowMicros();
    return now + random.nextLong(1 + (random.nextInt(4) == 0 ? 2 * window : window / 4));
  }

  /** The starts are the same, to the microsecond, as if each window were a separate limit. */
  @Property(tries = TRIES)
  void admitsWhatEachWindowAloneAdmits(
      @ForAll("windows") List<RateLimit> windows, @ForAll long seed) {
    Random random = new Random(seed);
    List<ReferenceLimit> references = windows.stream().map(ReferenceLimit::new).toList();
    KeyState state = KeyState.unused().under(windows);
    long now = BEGIN;
    for (int step = 0; step < STEPS; step++) {
      int cost = cost(random, largest(windows));
      long asked = now;
      long expected =
          references.stream()
              .mapToLong(reference -> reference.earliest(asked, cost).orElseThrow())
              .max()
              .orElseThrow();
      long earliest = Micros.of(state.earliest(Micros.toInstant(now), cost));
      assertThat(earliest).isEqualTo(expected);
      now = random.nextBoolean() ? earliest : later(random, now, windows);
      if (now >= earliest) {
        long start = now;
        references.forEach(reference -> reference.start(start, cost));
        state = state.started(Micros.toInstant(now), cost);
      }
    }
  }

  private record Start(long at, int cost, List<RateLimit> windows) {}

  @Property(tries = TRIES)
  void everyStartObeysTheWindowsInForceAtIt(
      @ForAll("windows") List<RateLimit> first,
      @ForAll("windows") List<RateLimit> second,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Start> starts = new ArrayList<>();
    List<RateLimit> windows = first;
    KeyState state = KeyState.unused().under(windows);
    long now = BEGIN;
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(5) == 0) {
        windows = random.nextBoolean() ? first : second;
        state = state.under(windows);
      }
      int cost = cost(random, largest(windows));
      Instant earliest = state.earliest(Micros.toInstant(now), cost);
      now = random.nextInt(3) > 0 ? Micros.of(earliest) : later(random, now, windows);
      if (now >= Micros.of(earliest)) {
        state = state.started(Micros.toInstant(now), cost);
        starts.add(new Start(now, cost, windows));
      }
    }
    assertWindows(starts);
  }

  private static List<RateLimit> other(Random random, List<RateLimit> windows) {
    return windows.stream()
        .map(
            window -> {
              int permits = Math.max(1, window.permits() + random.nextInt(10) - 4);
              int burst = 1 + random.nextInt(permits);
              return new RateLimit(permits, window.period(), burst, window.margin());
            })
        .toList();
  }

  /**
   * Each start obeys the windows in force, counting all starts ever made, and is not later than
   * necessary.
   */
  @Property(tries = TRIES)
  void overridesAndDemandsHoldFromTheNextStartOn(
      @ForAll("windows") List<RateLimit> first,
      @ForAll("windows") List<RateLimit> second,
      @ForAll long seed) {
    Random random = new Random(seed);
    NamedLimit limit = NamedLimit.of("limit", first.toArray(RateLimit[]::new));
    NamedLimitSettings settings =
        NamedLimitSettings.of(limit.withCeiling(other(random, first).toArray(RateLimit[]::new)));
    List<Start> starts = new ArrayList<>();
    KeyState state = KeyState.unused();
    long now = BEGIN;
    long forgotten = Long.MIN_VALUE;
    KeyPattern[] patterns = {KeyPattern.all("limit"), new KeyPattern("limit", "k")};
    for (int step = 0; step < STEPS; step++) {
      Instant at = Micros.toInstant(now);
      KeyPattern keys = patterns[random.nextInt(2)];
      NamedLimitSettings before = settings;
      switch (random.nextInt(12)) {
        case 0 -> settings = settings.withOverride(new LimitOverride(keys, second));
        case 1 -> settings = settings.withoutOverride(keys);
        case 2, 3 -> {
          Instant lapse = Micros.toInstant(later(random, now, first));
          settings =
              settings.withDemand(new NamedDemand(keys, "o", other(random, first), lapse), at);
        }
        case 4 -> settings = settings.withoutDemand(keys, "o", at);
        default -> {}
      }
      if (!settings.overrides().equals(before.overrides())) {
        forgotten = Math.max(forgotten, now - Micros.of(before.memory()));
        state = state.unknownUntil(Micros.toInstant(forgotten));
      }
      int cost = cost(random, settings.largestCost("k"));
      long earliest = Micros.of(state.earliest(settings, "k", at, cost));
      if (earliest > now) {
        Instant sooner = Micros.toInstant(earliest - 1);
        assertThat(state.earliest(settings, "k", sooner, cost))
            .as("not before")
            .isEqualTo(Micros.toInstant(earliest));
      }
      now = random.nextInt(3) > 0 ? earliest : later(random, now, first);
      Instant start = Micros.toInstant(now);
      if (state.earliest(settings, "k", start, cost).equals(start)) {
        state = state.under(settings, "k", start).started(start, cost);
        starts.add(new Start(now, cost, settings.inForce("k", start)));
      }
    }
    assertWindows(starts);
  }

  private static void assertWindows(List<Start> starts) {
    for (int i = 0; i < starts.size(); i++) {
      Start start = starts.get(i);
      for (RateLimit window : start.windows) {
        long held =
            starts.subList(0, i + 1).stream()
                .filter(earlier -> earlier.at > start.at - window.windowMicros())
                .mapToLong(Start::cost)
                .sum();
        assertThat(held)
            .as("up to number %d in %s", i, window)
            .isLessThanOrEqualTo(window.permits());
      }
    }
  }

  @Property(tries = TRIES)
  void whatIsPastMayBeForgotten(@ForAll("windows") List<RateLimit> windows, @ForAll long seed) {
    Random random = new Random(seed);
    KeyState state = KeyState.unused().under(windows);
    long now = BEGIN;
    for (int step = 0; step < STEPS; step++) {
      int cost = cost(random, largest(windows));
      Instant asked = Micros.toInstant(now);
      if (state.isPast(asked)) {
        assertThat(state.earliest(asked, largest(windows))).isEqualTo(asked);
        state = KeyState.unused().under(windows);
      }
      now = Micros.of(state.earliest(asked, cost));
      state = state.started(Micros.toInstant(now), cost);
      now = later(random, now, windows);
    }
    long longest = windows.stream().mapToLong(RateLimit::windowMicros).max().orElseThrow();
    Instant latest = state.latestStart().orElseThrow();
    assertThat(state.isPast(Micros.toInstant(Micros.of(latest) + longest - 1))).isFalse();
    assertThat(state.isPast(Micros.toInstant(Micros.of(latest) + longest))).isTrue();
  }

  @Property(tries = TRIES)
  void anUnknownPastIsClosedForTheLongestWindow(@ForAll("windows") List<RateLimit> windows) {
    Instant now = Micros.toInstant(BEGIN);
    KeyState state = KeyState.unused().under(windows).unknownUntil(now.plusNanos(1));
    long longest = windows.stream().mapToLong(RateLimit::windowMicros).max().orElseThrow();

    assertThat(state.earliest(now, 1)).isEqualTo(Micros.toInstant(BEGIN + 1 + longest));
    assertThat(state.isPast(Micros.toInstant(BEGIN + longest))).isFalse();
  }
}
