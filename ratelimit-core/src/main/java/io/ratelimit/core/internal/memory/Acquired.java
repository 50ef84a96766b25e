package io.ratelimit.core.internal.memory;

import io.ratelimit.core.queue.AcquireResult.Granted;
import io.ratelimit.core.queue.EventQueue;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest starts that no event was taken for, by the id of their request. Guarded by the queue's
 * lock.
 */
final class Acquired {

  private record Remembered(String id, Granted granted) {}

  private final Map<String, Granted> byId = new HashMap<>();
  private final Deque<Remembered> inOrder = new ArrayDeque<>();

  /** Returns what a request got when it was made before; null if that is not remembered. */
  @Nullable Granted find(String id, Instant now) {
    Granted granted = byId.get(id);
    return granted != null && isRemembered(granted, now) ? granted : null;
  }

  void add(String id, Granted granted, Instant now) {
    byId.put(id, granted);
    inOrder.addLast(new Remembered(id, granted));
    while (inOrder.size() > EventQueue.MAX_REMEMBERED_REQUESTS
        || !isRemembered(inOrder.getFirst().granted(), now)) {
      Remembered oldest = inOrder.removeFirst();
      byId.remove(oldest.id(), oldest.granted());
    }
  }

  private static boolean isRemembered(Granted granted, Instant now) {
    return granted.start().plus(EventQueue.REMEMBERED_REQUESTS).isAfter(now);
  }
}
