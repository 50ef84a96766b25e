package io.ratelimit.benchmarks.soak;

import io.ratelimit.testkit.server.LocalRedis;
import java.io.IOException;

/**
 * Runs the embedded engine for a long time, in memory and over its own Redis server, and looks for
 * anything that grows or slows down: the heap, Redis, threads, and the time for the same work.
 */
public final class Soak {

  private static final int EVENTS = 1_000_000;
  private static final int ROUNDS = 1_000;
  private static final int SHORT_EVENTS = 20_000;
  private static final int SHORT_ROUNDS = 20;

  private Soak() {}

  /**
   * Runs the soaks. The exit code is 0 if nothing grew, 1 if something did, and 2 if the arguments
   * are wrong.
   *
   * @param arguments {@code --short} for a fiftieth of 1,000,000 events and 1,000 rounds, or
   *     nothing
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean isShort = arguments.length == 1 && arguments[0].equals("--short");
    if (arguments.length > 0 && !isShort) {
      System.err.println("the only argument is --short");
      System.exit(2);
    }
    boolean held = run(isShort ? SHORT_EVENTS : EVENTS, isShort ? SHORT_ROUNDS : ROUNDS);
    System.exit(held ? 0 : 1);
  }

  private static boolean run(int events, int rounds) throws IOException, InterruptedException {
    System.out.println(
        "| soak | what was done | took | processor, a tenth in the 1st → 2nd half | heap, 2nd → 10th"
            + " | Redis, 2nd → 10th | threads left | verdict |");
    System.out.println("|---|---|---:|---:|---:|---:|---:|---|");
    boolean held = true;
    try (Store memory = new Store.Memory();
        Store redis = new Store.Redis(LocalRedis.start())) {
      for (Store store : new Store[] {memory, redis}) {
        held &= new EventSoak(store, events).run();
        held &= new RoundSoak(store, rounds).run();
      }
    }
    return held;
  }
}
