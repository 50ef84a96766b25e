package io.ratelimit.core.internal.memory;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The parts of a queue's state that have changed since they were written. Guarded by its lock. */
class Changes {

  /** For a queue that is never written. */
  static final Changes IGNORED =
      new Changes() {
        @Override
        void note(Kept part) {}
      };

  private final Set<Kept> noted = new LinkedHashSet<>();

  /** Notes that a part was added, changed or removed; the writer finds out which. */
  void note(Kept part) {
    noted.add(part);
  }

  boolean isEmpty() {
    return noted.isEmpty();
  }

  void clear() {
    noted.clear();
  }

  /** Returns the parts noted since the last call. */
  List<Kept> take() {
    List<Kept> taken = List.copyOf(noted);
    noted.clear();
    return taken;
  }
}
