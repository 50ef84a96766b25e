package io.ratelimit.cli.web;

import java.util.HashMap;
import java.util.Map;

/**
 * How many browsers listen, over all streams of a server: each has a thread, so that there is a
 * bound, and one for each address, so that none locks out the others. Thread-safe.
 */
final class Listeners {

  /** How many browsers may listen at once. */
  static final int MOST = 32;

  /** How many of them may come from one address. */
  static final int MOST_OF_AN_ADDRESS = 16;

  // Guarded by this.
  private final Map<String, Integer> byAddress = new HashMap<>();

  /** Returns whether there was room for one more; it then has to {@link #leave}. */
  synchronized boolean enter(String address) {
    int ofAddress = byAddress.getOrDefault(address, 0);
    int all = byAddress.values().stream().mapToInt(Integer::intValue).sum();
    boolean room = all < MOST && ofAddress < MOST_OF_AN_ADDRESS;
    if (room) {
      byAddress.put(address, ofAddress + 1);
    }
    return room;
  }

  synchronized void leave(String address) {
    byAddress.computeIfPresent(address, (of, count) -> count == 1 ? null : count - 1);
  }

  synchronized boolean isEmpty() {
    return byAddress.isEmpty();
  }
}
