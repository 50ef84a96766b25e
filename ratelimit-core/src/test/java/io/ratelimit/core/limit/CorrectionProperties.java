package io.ratelimit.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Laws that hold when starts turn out to cost more or less than decided. */
class CorrectionProperties {

  private static final int TRIES = 1_500;
  private static final int STEPS = 60;
  private static final long BEGIN = 1_800_000_000_000_000L;

  @Provide
  Arbitrary<List<RateLimit>> windows() {
    return Arbitraries.oneOf(RandomLimits.small(), RandomLimits.small(), RandomLimits.usual())
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .uniqueElements(RateLimit::windowMicros);
  }

  /** A start and its known cost. */
  private static final class Made {
    private final long at;
    private int cost;

    Made(long at, int cost) {
      this.at = at;
      this.cost = cost;
    }
  }

  /** A plain record of all starts, which forgets nothing. */
  private static final class Ledger {
    private final List<Made> all = new ArrayList<>();

    long held(long after, long until) {
      return all.stream()
          .filter(made -> made.at > after && made.at <= until)
          .mapToLong(made -> made.cost)
          .sum();
    }

    /** Returns the fullest window that contains a time, of the starts after another time. */
    long fullest(long time, RateLimit window, long remembered) {
      long length = window.windowMicros();
      return all.stream()
          .filter(end -> end.at >= time && end.at < time + length)
          .mapToLong(end -> held(Math.max(remembered, end.at - length), end.at))
          .max()
          .orElse(0);
    }

    long latest() {
      return all.get(all.size() - 1).at;
    }

    /** Adds the usage of others that was reported at a start. */
    void addUsed(long at, int used) {
      int next = (int) all.stream().filter(made -> made.at <= at).count();
      all.add(next, new Made(at, used));
    }

    /** Returns the pace as if everything had had its true cost from the beginning. */
    Pace pace(Pace.Rate rate) {
      Pace pace = Pace.IDLE;
      for (int i = 0; i < all.size(); i++) {
        long at = all.get(i).at;
        int cost = all.get(i).cost;
        for (; i + 1 < all.size() && all.get(i + 1).at == at; i++) {
          cost += all.get(i + 1).cost;
        }
        pace = cost > 0 ? pace.afterStart(at, cost, rate) : pace;
      }
      return pace;
    }

    long earliest(long from, int cost, RateLimit window) {
      Pace.Rate rate = Pace.Rate.of(window);
      return Math.max(pace(rate).earliest(cost, rate), withRoom(from, cost, window));
    }

    long withRoom(long from, int cost, RateLimit window) {
      long length = window.windowMicros();
      return all.stream()
          .filter(made -> held(made.at - 1, Long.MAX_VALUE) + cost > window.permits())
          .mapToLong(made -> made.at + length)
          .filter(leaves -> leaves > from)
          .max()
          .orElse(from);
    }
  }

  @Property(tries = TRIES)
  void whatWasGivenBackIsAsIfItHadNeverBeenSpent(
      @ForAll("windows") List<RateLimit> windows, @ForAll long seed) {
    run(windows, new Random(seed), false);
  }

  @Property(tries = TRIES)
  void nothingStartsThatTheCorrectedCostsForbid(
      @ForAll("windows") List<RateLimit> windows, @ForAll long seed) {
    run(windows, new Random(seed), true);
  }

  private static void run(List<RateLimit> windows, Random random, boolean debits) {
    int largest = windows.stream().mapToInt(RateLimit::permits).min().orElseThrow();
    long longest = windows.stream().mapToLong(RateLimit::windowMicros).max().orElseThrow();
    Ledger ledger = new Ledger();
    KeyState state = KeyState.unused().under(windows);
    LimitState alone = LimitState.unused(LimitSettings.of(windows.get(0)));
    // Under a burst, debits may be forgiven, and forgiven ones are not remembered.
    boolean isExact = !debits || windows.stream().allMatch(window -> window.burst() == 1);
    boolean isAlone = windows.size() == 1;
    long now = BEGIN;
    for (int step = 0; step < STEPS; step++) {
      Instant at = Micros.toInstant(now);
      if (random.nextInt(3) > 0 && !ledger.all.isEmpty()) {
        Made made = ledger.all.get(ledger.all.size() - 1 - recent(random, ledger.all.size()));
        int cost = debits ? random.nextInt(largest + 3) : random.nextInt(made.cost + 1);
        int change = cost - made.cost;
        boolean isKnown =
            change != 0 && made.at + longest > now && ledger.held(made.at - 1, made.at) > 0;
        Optional<Corrected<KeyState>> corrected =
            state.corrected(Micros.toInstant(made.at), change, at);
        assertThat(corrected.isPresent()).isEqualTo(isKnown);
        if (corrected.isPresent()) {
          made.cost = cost;
          state = corrected.get().next();
          assertThat(corrected.get().change()).isEqualTo(change);
          assertThat(corrected.get().overruns())
              .isEqualTo(overruns(ledger, made, windows, change, longest));
          if (isAlone) {
            Corrected<LimitState> same =
                alone.corrected(Micros.toInstant(made.at), change, at).orElseThrow();
            alone = same.next();
            // It may remember more.
            assertThat(permits(same.overruns()))
                .isGreaterThanOrEqualTo(permits(corrected.get().overruns()));
          }
        }
        continue;
      }
      int cost = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(largest);
      long from = now;
      long least =
          windows.stream()
              .mapToLong(window -> ledger.earliest(from, cost, window))
              .max()
              .orElseThrow();
      long earliest = Micros.of(state.earliest(at, cost));
      for (RateLimit window : windows) {
        assertThat(earliest).isGreaterThanOrEqualTo(ledger.withRoom(now, cost, window));
      }
      if (isExact) {
        // Fractions of a microsecond may be rounded differently.
        assertThat(earliest).isBetween(least - 1, least + 1);
      }
      now = random.nextBoolean() ? earliest : now + random.nextLong(1 + longest / 3);
      if (now >= earliest) {
        if (isAlone) {
          Decision decision = alone.decide(Micros.toInstant(now), cost);
          if (decision instanceof Decision.NotBefore later) {
            // What was given back may leave a fraction that one of them rounds up.
            assertThat(Micros.of(later.at())).isEqualTo(now + 1);
            return;
          }
          alone = ((Decision.Granted) decision).next();
        }
        state = state.started(Micros.toInstant(now), cost);
        ledger.all.add(new Made(now, cost));
        for (RateLimit window : windows) {
          assertThat(ledger.held(now - window.windowMicros(), now))
              .isLessThanOrEqualTo(window.permits());
        }
      }
    }
  }

  private static int recent(Random random, int size) {
    return random.nextInt(Math.min(size, random.nextInt(4) == 0 ? size : 4));
  }

  private static long permits(List<Corrected.Overrun> overruns) {
    return overruns.stream().mapToLong(Corrected.Overrun::permits).sum();
  }

  private static List<Corrected.Overrun> overruns(
      Ledger ledger, Made made, List<RateLimit> windows, int change, long longest) {
    List<Corrected.Overrun> overruns = new ArrayList<>();
    for (RateLimit window : windows) {
      long remembered = ledger.latest() - longest;
      long over = ledger.fullest(made.at, window, remembered) - window.permits();
      if (change > 0 && over > 0) {
        overruns.add(new Corrected.Overrun(window, over));
      }
    }
    return overruns;
  }

  @Property(tries = TRIES)
  void whatWasToldAndWhatStartedSinceFillAWindowTogether(
      @ForAll("windows") List<RateLimit> windows, @ForAll long seed) {
    Random random = new Random(seed);
    int largest = windows.stream().mapToInt(RateLimit::permits).min().orElseThrow();
    long longest = windows.stream().mapToLong(RateLimit::windowMicros).max().orElseThrow();
    RateLimit window = windows.get(random.nextInt(windows.size()));
    Ledger ledger = new Ledger();
    KeyState state = KeyState.unused().under(windows);
    long now = BEGIN;
    long toldAt = Long.MIN_VALUE;
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(4) == 0 && !ledger.all.isEmpty()) {
        Made made = ledger.all.get(ledger.all.size() - 1 - recent(random, ledger.all.size()));
        int used = random.nextInt(2 * window.permits());
        Instant at = Micros.toInstant(now);
        Instant before = state.earliest(at, 1);
        Optional<Corrected<KeyState>> corrected =
            state.used(Micros.toInstant(made.at), window, used, at);
        if (corrected.isPresent()) {
          state = corrected.get().next();
          toldAt = Math.max(toldAt, made.at);
          ledger.addUsed(toldAt, (int) corrected.get().change());
          assertThat(corrected.get().change()).isPositive();
          assertThat(ledger.held(toldAt - window.windowMicros(), toldAt))
              .isGreaterThanOrEqualTo(used);
        } else if (made.at + longest > now) {
          long ref = Math.max(toldAt, made.at);
          assertThat(ledger.held(ref - window.windowMicros(), ref)).isGreaterThanOrEqualTo(used);
        }
        assertThat(state.earliest(at, 1)).isAfterOrEqualTo(before);
        continue;
      }
      int cost = 1 + random.nextInt(largest);
      long earliest = Micros.of(state.earliest(Micros.toInstant(now), cost));
      now = random.nextBoolean() ? earliest : now + random.nextLong(1 + window.windowMicros() / 3);
      if (now >= earliest) {
        state = state.started(Micros.toInstant(now), cost);
        ledger.all.add(new Made(now, cost));
        for (RateLimit each : windows) {
          assertThat(ledger.held(now - each.windowMicros(), now))
              .isLessThanOrEqualTo(each.permits());
        }
      }
    }
  }
}
