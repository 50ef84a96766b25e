package io.ratelimit.core.internal.memory;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * The ids of done events that are duplicates yet, each until a time. Guarded by the queue's lock.
 * Every operation is O(log n) amortized.
 */
final class RememberedIds {

  private record Remembered(String id, Instant until) {}

  private final Map<String, Instant> byId = new HashMap<>();
  private final Queue<Remembered> byTime =
      new PriorityQueue<>(Comparator.comparing(Remembered::until));

  void add(String id, Instant until) {
    byId.put(id, until);
    byTime.add(new Remembered(id, until));
  }

  boolean contains(String id, Instant now) {
    Remembered first = byTime.peek();
    while (first != null && !first.until().isAfter(now)) {
      byId.remove(first.id(), first.until());
      byTime.remove();
      first = byTime.peek();
    }
    return byId.containsKey(id);
  }
}
