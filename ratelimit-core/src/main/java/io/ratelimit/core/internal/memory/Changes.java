package io.ratelimit.core.internal.memory;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which parts of a queue's state have changed since they were written. Guarded by its lock. */
class Changes {

  /** Of a queue that nothing is written of. */
  static final Changes IGNORED =
      new Changes() {
        @Override
        void note(Kept part) {}
      };

  private final Set<Kept> noted = new LinkedHashSet<>();

  /** A part came, changed or went: which of these it was is seen when it is written. */
  void note(Kept part) {
    noted.add(part);
  }

  boolean isEmpty() {
    return noted.isEmpty();
  }

  void clear() {
    noted.clear();
  }

  /** Returns what was noted since this was asked last. */
  List<Kept> take() {
    List<Kept> taken = List.copyOf(noted);
    noted.clear();
    return taken;
  }
}
