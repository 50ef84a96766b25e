package io.ratelimit.core.internal.memory;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Ids that are each remembered until a time. Guarded by the queue's lock. Every operation is O(log
 * n) amortized.
 */
final class RememberedIds {

  /** An id. */
  static final class Remembered extends Kept {
    final RememberedIds owner;
    final String id;
    final Instant until;

    private Remembered(RememberedIds owner, String id, Instant until) {
      this.owner = owner;
      this.id = id;
      this.until = until;
    }

    boolean isRemembered() {
      return owner.byId.get(id) == this;
    }
  }

  private final Changes changes;
  private final Map<String, Remembered> byId = new HashMap<>();
  private final Queue<Remembered> byTime =
      new PriorityQueue<>(Comparator.<Remembered, Instant>comparing(one -> one.until));

  RememberedIds(Changes changes) {
    this.changes = changes;
  }

  @CanIgnoreReturnValue
  Remembered add(String id, Instant until) {
    Remembered added = new Remembered(this, id, until);
    Remembered before = byId.put(id, added);
    byTime.add(added);
    changes.note(added);
    if (before != null) {
      changes.note(before);
    }
    return added;
  }

  void remove(Remembered one) {
    byId.remove(one.id, one);
    byTime.remove(one);
  }

  boolean contains(String id, Instant now) {
    Remembered first = byTime.peek();
    while (first != null && !first.until.isAfter(now)) {
      byId.remove(first.id, first);
      byTime.remove();
      changes.note(first);
      first = byTime.peek();
    }
    return byId.containsKey(id);
  }
}
