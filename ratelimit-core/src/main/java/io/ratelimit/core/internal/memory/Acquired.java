package io.ratelimit.core.internal.memory;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.queue.AcquireResult.Granted;
import io.ratelimit.core.queue.EventQueue;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The latest starts without an event, by the id of their request. Guarded by the queue's lock. */
final class Acquired {

  /** A start. */
  static final class Remembered extends Kept {
    final String id;
    final Granted granted;

    private Remembered(String id, Granted granted) {
      this.id = id;
      this.granted = granted;
    }
  }

  private final Changes changes;
  private final Map<String, Remembered> byId = new HashMap<>();
  private final Deque<Remembered> inOrder = new ArrayDeque<>();

  Acquired(Changes changes) {
    this.changes = changes;
  }

  /** Returns what a request got when it was made before; null if that is not remembered. */
  @Nullable Granted find(String id, Instant now) {
    Remembered found = byId.get(id);
    return found != null && isFresh(found.granted, now) ? found.granted : null;
  }

  void add(String id, Granted granted, Instant now) {
    put(id, granted);
    while (inOrder.size() > EventQueue.MAX_REMEMBERED_REQUESTS
        || !isFresh(inOrder.getFirst().granted, now)) {
      Remembered oldest = inOrder.removeFirst();
      byId.remove(oldest.id, oldest);
      changes.note(oldest);
    }
  }

  @CanIgnoreReturnValue
  Remembered put(String id, Granted granted) {
    Remembered added = new Remembered(id, granted);
    Remembered before = byId.put(id, added);
    if (before != null) {
      changes.note(before);
    }
    inOrder.addLast(added);
    changes.note(added);
    return added;
  }

  boolean isRemembered(Remembered start) {
    return byId.get(start.id) == start;
  }

  void remove(Remembered start) {
    byId.remove(start.id, start);
    inOrder.remove(start);
  }

  private static boolean isFresh(Granted granted, Instant now) {
    return granted.start().plus(EventQueue.REMEMBERED_REQUESTS).isAfter(now);
  }
}
