package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.limit.LimitState.PossiblePast;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A state that is converted to text and back at each step makes the same decisions. */
class LimitFormProperties {

  private static final int TRIES = 1_000;
  private static final int STEPS = 60;
  private static final long BEGIN = 1_800_000_000_000_000L;

  @Provide
  Arbitrary<Scenario> scenarios() {
    return Arbitraries.oneOf(
        Scenario.under(RandomLimits.small()),
        Scenario.under(RandomLimits.sameWindow()),
        Scenario.under(RandomLimits.usual()),
        Scenario.under(RandomLimits.dense()),
        Scenario.under(RandomLimits.any()));
  }

  private static LimitState kept(LimitState state) {
    String text = state.toText();
    LimitState read = LimitState.parse(text);
    assertThat(read.toText()).isEqualTo(text);
    assertThat(read.settings()).isEqualTo(state.settings());
    assertThat(text).matches("[!-~]+");
    return read;
  }

  private static KeyState kept(KeyState state) {
    String text = state.toText();
    KeyState read = KeyState.parse(text);
    assertThat(read.toText()).isEqualTo(text);
    return read;
  }

  private record Seen(String decision, LargestWindows windows, Optional<AssumedStarts> assumed) {
    static Seen of(LimitState state, long now, Decision decision) {
      return new Seen(
          decision instanceof Decision.Granted granted
              ? "granted at " + granted.start()
              : decision.toString(),
          state.largestWindows(),
          state.assumedStarts(Micros.toInstant(now)));
    }
  }

  private static List<Seen> seen(Scenario scenario, UnaryOperator<LimitState> kept) {
    List<Seen> seen = new ArrayList<>();
    ScenarioRun.of(
        scenario, kept, (state, now, weight, decision) -> seen.add(Seen.of(state, now, decision)));
    return seen;
  }

  @Property(tries = TRIES)
  void aLimitDecidesAsIfItHadNotBeenKept(@ForAll("scenarios") Scenario scenario) {
    assertThat(seen(scenario, LimitFormProperties::kept))
        .isEqualTo(seen(scenario, UnaryOperator.identity()));
  }

  /** With corrected and lost starts. */
  private static List<Seen> troubled(long seed, UnaryOperator<LimitState> kept) {
    Random random = new Random(seed);
    RateLimit limit = RateLimit.of(1 + random.nextInt(30)).perMinute();
    limit = limit.withBurst(1 + random.nextInt(limit.permits()));
    LimitState state = LimitState.unused(LimitSettings.of(limit));
    long now = BEGIN;
    List<Instant> starts = new ArrayList<>();
    List<Seen> seen = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(6_000_000);
      int weight = 1 + random.nextInt(Math.min(3, limit.permits()));
      Decision decision = state.decide(Micros.toInstant(now), weight);
      seen.add(Seen.of(state, now, decision));
      if (decision instanceof Decision.Granted granted) {
        starts.add(granted.start());
        state = kept.apply(granted.next());
      }
      if (random.nextInt(4) == 0 && !starts.isEmpty()) {
        Instant start = starts.get(random.nextInt(starts.size()));
        state =
            kept.apply(
                state
                    .corrected(start, random.nextInt(7) - 3L, Micros.toInstant(now))
                    .map(Corrected::next)
                    .orElse(state));
      }
      if (random.nextInt(20) == 0) {
        long until = now + random.nextInt(30_000_000);
        PossiblePast past = new PossiblePast(List.of(limit), 1 + random.nextInt(2));
        state =
            kept.apply(state.withLostStarts(Micros.toInstant(now), Micros.toInstant(until), past));
        now = until;
      }
    }
    return seen;
  }

  @Property(tries = TRIES)
  void aLimitThatWasCorrectedOrLostStartsDoes(@ForAll long seed) {
    assertThat(troubled(seed, LimitFormProperties::kept))
        .isEqualTo(troubled(seed, UnaryOperator.identity()));
  }

  private static List<RateLimit> windows(Random random) {
    RateLimit minute = RateLimit.of(1 + random.nextInt(20)).perMinute();
    RateLimit hour = RateLimit.of(minute.permits() + random.nextInt(40)).perHour();
    return random.nextBoolean() ? List.of(minute) : List.of(hour, minute);
  }

  /** A key under a limit with overrides and demands, whose starts are corrected. */
  private static List<String> ofKey(
      long seed, UnaryOperator<KeyState> kept, UnaryOperator<NamedLimitSettings> keptSettings) {
    Random random = new Random(seed);
    NamedLimit limit = NamedLimit.of("é, \\ *", windows(random).toArray(RateLimit[]::new));
    KeyPattern keys = new KeyPattern(limit.name(), random.nextBoolean() ? "k*" : "key");
    NamedLimitSettings settings = keptSettings.apply(NamedLimitSettings.of(limit));
    KeyState state = KeyState.unused();
    long now = BEGIN;
    List<Instant> starts = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(20_000_000);
      Instant at = Micros.toInstant(now);
      List<RateLimit> others = windows(random);
      settings =
          keptSettings.apply(
              switch (random.nextInt(12)) {
                case 0 -> settings.withOverride(new LimitOverride(keys, others));
                case 1 -> settings.withoutOverride(keys);
                case 2 ->
                    settings.withLimit(
                        limit
                            .withMaxInFlight(1 + random.nextInt(9))
                            .withCeiling(
                                limit.windows().stream()
                                    .map(each -> each.withPermits(each.permits() + 9))
                                    .toArray(RateLimit[]::new)));
                case 3 ->
                    settings.withDemand(
                        new NamedDemand(
                            keys, "owner " + step % 3, others, at.plusSeconds(random.nextInt(99))),
                        at);
                default -> settings;
              });
      Instant earliest = state.earliest(settings, "key", at, 1);
      seen.add(earliest + " " + state.latestStart() + state.isPast(at));
      if (!earliest.isAfter(at)) {
        starts.add(at);
        state = kept.apply(state.under(settings, "key", at).started(at, 1));
      }
      if (!starts.isEmpty() && random.nextInt(3) == 0) {
        Instant start = starts.get(random.nextInt(starts.size()));
        Optional<Corrected<KeyState>> corrected =
            random.nextBoolean()
                ? state.corrected(start, random.nextInt(4) - 1L, at)
                : state.used(start, others.get(0), random.nextInt(9), at);
        seen.add(corrected.map(other -> other.change() + " " + other.overruns()).orElse("none"));
        state = corrected.map(other -> kept.apply(other.next())).orElse(state);
      }
      if (random.nextInt(30) == 0) {
        state = kept.apply(state.unknownUntil(at.minus(Duration.ofSeconds(50))));
      }
    }
    return seen;
  }

  @Property(tries = TRIES)
  void aKeyOfANamedLimitDoes(@ForAll long seed) {
    UnaryOperator<NamedLimitSettings> keptSettings =
        settings -> {
          NamedLimitSettings read = NamedLimitSettings.parse(settings.toText());
          assertThat(read).isEqualTo(settings);
          return read;
        };
    assertThat(ofKey(seed, LimitFormProperties::kept, keptSettings))
        .isEqualTo(ofKey(seed, UnaryOperator.identity(), UnaryOperator.identity()));
  }

  /** The text of a paced limit has a bounded length, however long it lives. */
  @Property(tries = 50)
  void theTextIsBounded(@ForAll("permits") int permits) {
    RateLimit limit = RateLimit.of(permits).perMinute().withBurst(1);
    LimitState state = LimitState.unused(LimitSettings.of(limit));
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    for (int i = 0; i < 3 * permits + 10; i++) {
      now = now.plus(Duration.ofMinutes(1).dividedBy(permits)).plusNanos(1_000);
      state = ((Decision.Granted) state.decide(now, 1)).next();
    }
    assertThat(state.toText().length()).isLessThan(150 + 8 * (permits + permits / 8 + 1));
  }

  @Provide
  Arbitrary<Integer> permits() {
    return Arbitraries.integers().between(1, 2_000);
  }
}
