package io.ratelimit.benchmarks.faults;

import io.ratelimit.benchmarks.faults.judge.Allowance;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Something that goes wrong for a while.
 *
 * @param name what it is called on the command line
 * @param happens what happens, for people to read
 * @param setup what there is before it
 * @param lasts how long it lasts
 * @param recovery how the work is to go on
 * @param allowances what it brings with it
 * @param begin begins it
 * @param repeat is done again and again while it lasts
 * @param end ends it
 */
record Fault(
    String name,
    String happens,
    Setup setup,
    Duration lasts,
    Recovery recovery,
    Set<Allowance> allowances,
    Step begin,
    Step repeat,
    Step end) {

  /** Does something to a scene. */
  @FunctionalInterface
  interface Step {
    Step NOTHING = scene -> {};

    void run(Scene scene) throws IOException, InterruptedException;
  }

  /** How work goes on. */
  enum Recovery {
    /** The fault may stop it; it goes on when the fault has ended. */
    AFTER,
    /** It goes on although the fault does not end. */
    DESPITE,
    /** It must not stop, at least not for longer than half of the fault. */
    MEANWHILE
  }

  /** Named limits, and whose they are. */
  enum Named {
    /** There are none. */
    NONE,
    /** The queue's. */
    OWN,
    /** Those of a scope, in which each process also makes calls without an event. */
    SHARED;

    /** Returns what the keys of the queue begin with. */
    String prefix() {
      return this == SHARED ? "{faults}/queue/" : "{faults}:";
    }

    /** Returns the namespace of the queue. */
    String namespace() {
      return this == SHARED ? "faults/queue" : "faults";
    }
  }

  /**
   * What there is.
   *
   * @param settings lines of Redis's configuration
   * @param credentials {@code user:password@} in the URI of the load, or nothing
   * @param hasReplica whether Redis has a replica
   * @param hasClock whether Redis's clock can be shifted
   * @param named which limits charge the events beside the queue's own
   */
  record Setup(
      List<String> settings,
      String credentials,
      boolean hasReplica,
      boolean hasClock,
      Named named) {
    static final Setup PLAIN = new Setup(List.of(), "", false, false, Named.NONE);

    static Setup settings(String... lines) {
      return new Setup(List.of(lines), "", false, false, Named.NONE);
    }

    Setup with(Named other) {
      return new Setup(settings, credentials, hasReplica, hasClock, other);
    }
  }

  /** Returns a fault that may stop the work while it lasts, and loses nothing. */
  static Fault of(String name, String happens, Duration lasts, Step begin, Step end) {
    return new Fault(
        name, happens, Setup.PLAIN, lasts, Recovery.AFTER, Set.of(), begin, Step.NOTHING, end);
  }

  Fault with(Setup newSetup) {
    return new Fault(name, happens, newSetup, lasts, recovery, allowances, begin, repeat, end);
  }

  Fault with(Recovery newRecovery) {
    return new Fault(name, happens, setup, lasts, newRecovery, allowances, begin, repeat, end);
  }

  Fault allowing(Allowance... newAllowances) {
    return new Fault(
        name, happens, setup, lasts, recovery, Set.of(newAllowances), begin, repeat, end);
  }

  Fault repeating(Step newRepeat) {
    return new Fault(name, happens, setup, lasts, recovery, allowances, begin, newRepeat, end);
  }
}
