package io.ratelimit.core.limit;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A random life of a limit.
 *
 * @param limits the first is the initial normal limit; changes and raises choose among all
 * @param known whether the time before the first step is known
 * @param steps the steps, in order
 */
record Scenario(List<RateLimit> limits, boolean known, List<Step> steps) {

  /** A step. Durations are in percent of the window of the limit in force. */
  sealed interface Step {

    /** Advances time by a share of the window and some microseconds; back if negative. */
    record Wait(int percent, int micros) implements Step {}

    /** Advances time to the last promised time, and some microseconds. */
    record WaitAsTold(int micros) implements Step {}

    /** Makes requests of a weight (in percent of the permits; 0 means 1) at the same time. */
    record Ask(int percent, int times) implements Step {}

    /** Makes requests, each as soon as it can be granted. */
    record Drain(int percent, int times) implements Step {}

    /** Changes the normal limit. */
    record Change(int limit) implements Step {}

    /** Demands a higher limit. */
    record Raise(String owner, int limit, int percent) implements Step {}

    /** Sets the ceiling; removes it if negative. */
    record Ceiling(int limit) implements Step {}

    /** Ends a demand. */
    record EndRaise(String owner) implements Step {}

    /** Pauses starts. */
    record PauseFor(int percent) implements Step {}

    /** Pauses starts until resumed. */
    record PauseUntilResumed() implements Step {}

    /** Ends a pause. */
    record Resume() implements Step {}
  }

  /** Returns lives under these limits, with changes of the settings. */
  static Arbitrary<Scenario> under(Arbitrary<RateLimit> limits) {
    return Combinators.combine(
            limits.list().ofSize(4),
            Arbitraries.frequency(Tuple.of(4, true), Tuple.of(1, false)),
            anyStep().list().ofMinSize(1).ofMaxSize(60))
        .as(Scenario::new);
  }

  private static Arbitrary<Step> anyStep() {
    Arbitrary<Integer> micros = Arbitraries.integers().between(-2, 2);
    Arbitrary<Integer> weights =
        Arbitraries.oneOf(Arbitraries.just(0), Arbitraries.integers().between(0, 110));
    Arbitrary<Integer> many = Arbitraries.integers().between(1, 12);
    Arbitrary<Integer> limits = Arbitraries.integers().between(0, 3);
    Arbitrary<String> owners = Arbitraries.of("a", "b", "c");
    Arbitrary<Integer> soon = Arbitraries.integers().between(1, 250);
    Arbitrary<Integer> waits =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 40),
            Arbitraries.integers().between(0, 150),
            Arbitraries.of(100, 200),
            Arbitraries.integers().between(-50, 0));
    return Arbitraries.frequencyOf(
        Tuple.of(6, Combinators.combine(waits, micros).as(Step.Wait::new)),
        Tuple.of(5, micros.map(Step.WaitAsTold::new)),
        Tuple.of(8, Combinators.combine(weights, many).as(Step.Ask::new)),
        Tuple.of(4, Combinators.combine(weights, many).as(Step.Drain::new)),
        Tuple.of(3, limits.map(Step.Change::new)),
        Tuple.of(3, Combinators.combine(owners, limits, soon).as(Step.Raise::new)),
        Tuple.of(1, owners.map(Step.EndRaise::new)),
        Tuple.of(1, Arbitraries.integers().between(-1, 3).map(Step.Ceiling::new)),
        Tuple.of(1, soon.map(Step.PauseFor::new)),
        Tuple.of(1, Arbitraries.just(new Step.PauseUntilResumed())),
        Tuple.of(3, Arbitraries.just(new Step.Resume())));
  }
}
