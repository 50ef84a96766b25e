package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.scaling.Provision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slowly starting processes come and go calmly and in time. */
class ProcessesTest {

  private static final int ROUNDS = 10;
  private static final Duration KEEP = Duration.ofMinutes(10);

  /** The time that a manager assumes for a process to start. */
  private static final Duration ASSUMED = Duration.ofSeconds(60);

  private static final Duration QUICKEST = Duration.ofSeconds(30);
  private static final Duration SLOWEST = Duration.ofSeconds(90);

  /** The number of rounds that are always remembered. */
  private static final int REMEMBERED = 2;

  private static SimulatedProcesses.Autoscaler calm() {
    AtomicReference<Optional<Provision>> last = new AtomicReference<>(Optional.empty());
    return (now, controller, stats, left, room) -> {
      int needed = controller.needed(stats, left, room, ASSUMED);
      Provision next =
          last.get()
              .map(before -> before.next(now, needed, KEEP))
              .orElseGet(() -> Provision.first(now, needed, room));
      last.set(Optional.of(next));
      return next.workers();
    };
  }

  private static SimulatedProcesses.Autoscaler plain() {
    return (now, controller, stats, left, room) ->
        controller.needed(stats, left, room, Duration.ZERO);
  }

  private static SimulatedProcesses.Outcome play(
      long seed, Duration quickest, Duration slowest, SimulatedProcesses.Autoscaler autoscaler) {
    return new SimulatedProcesses(seed, ROUNDS, ROUNDS, quickest, slowest, autoscaler).run();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void comeAndGoSeldomAndLoseNoRoundThatCouldBeMet(long seed) {
    SimulatedProcesses.Outcome ideal = play(seed, Duration.ZERO, Duration.ZERO, calm());
    SimulatedProcesses.Outcome calm = play(seed, QUICKEST, SLOWEST, calm());

    assertThat(calm.turns()).as("turns").isLessThanOrEqualTo(2);
    List<Integer> lost = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      if (ideal.met().get(round) && !calm.met().get(round) && !isRecord(calm.sizes(), round)) {
        lost.add(round);
      }
    }
    assertThat(lost).as("rounds lost out of %s", calm.sizes()).isEmpty();
    if (Boolean.getBoolean("processes.print")) {
      System.out.println(seed + " ideal " + ideal);
      System.out.println(seed + " calm  " + calm);
      System.out.println(seed + " plain " + play(seed, QUICKEST, SLOWEST, plain()));
    }
  }

  /** Returns whether this round is larger than every remembered one. */
  private static boolean isRecord(List<Integer> sizes, int round) {
    List<Integer> before = sizes.subList(Math.max(0, round - REMEMBERED), round);
    return before.size() < REMEMBERED || sizes.get(round) > Collections.max(before);
  }

  @Test
  void goOnceNothingHasBeenNeededForLong() {
    SimulatedProcesses.Outcome outcome =
        new SimulatedProcesses(1, ROUNDS, 5, QUICKEST, SLOWEST, calm()).run();

    assertThat(outcome.turns()).isEqualTo(1);
    assertThat(outcome.last()).isEqualTo(SimulatedProcesses.FEWEST);
  }

  /** Without this memory, each round needs the processes that were just stopped. */
  @Test
  void comeAndGoWithEachRoundWhereNothingIsKept() {
    assertThat(play(1, QUICKEST, SLOWEST, plain()).turns()).isGreaterThanOrEqualTo(ROUNDS);
  }
}
