package io.ratelimit.cli.web;

import java.util.HashMap;
import java.util.Map;

/**
 * Counts the browsers that listen, over all streams of a server. The total has a bound, because
 * each browser takes a thread, and so has each address, so that none locks out the others.
 * Thread-safe.
 */
final class Listeners {

  /** The most browsers that may listen at once. */
  static final int MOST = 32;

  /** The most of them from one address. */
  static final int MOST_OF_AN_ADDRESS = 16;

  // Guarded by this.
  private final Map<String, Integer> byAddress = new HashMap<>();

  /** Returns whether there was room for another browser, which must then {@link #leave}. */
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
