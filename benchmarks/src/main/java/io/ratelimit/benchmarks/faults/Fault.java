package io.ratelimit.benchmarks.faults;

import io.ratelimit.benchmarks.faults.judge.Allowance;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A fault that lasts for a while.
 *
 * @param name its name on the command line
 * @param happens what happens, for people to read
 * @param setup the servers and load before it
 * @param lasts how long it lasts
 * @param recovery when work must continue
 * @param allowances the effects for which the queue is not to blame
 * @param begin starts it
 * @param repeat repeated while it lasts
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

  /** An action on a scene. */
  @FunctionalInterface
  interface Step {
    Step NOTHING = scene -> {};

    void run(Scene scene) throws IOException, InterruptedException;
  }

  /** When work must continue. */
  enum Recovery {
    /** The fault may stop work; it continues after the fault has ended. */
    AFTER,
    /** Work continues although the fault does not end. */
    DESPITE,
    /** Work must not stop for longer than half of the fault. */
    MEANWHILE
  }

  /** Named limits, and their owner. */
  enum Named {
    /** No named limits. */
    NONE,
    /** The queue's own. */
    OWN,
    /** A scope's; each process also makes calls without an event under them. */
    SHARED;

    /** Returns the prefix of the queue's keys. */
    String prefix() {
      return this == SHARED ? "{faults}/queue/" : "{faults}:";
    }

    /** Returns the namespace of the queue. */
    String namespace() {
      return this == SHARED ? "faults/queue" : "faults";
    }
  }

  /**
   * The servers and the load.
   *
   * @param settings lines of Redis's configuration
   * @param credentials {@code user:password@} in the URI of the load, or empty
   * @param hasReplica whether Redis has a replica
   * @param hasClock whether Redis's clock can be shifted
   * @param named the named limits that events charge
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

  /** Returns a fault that may stop work while it lasts, and loses nothing. */
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
