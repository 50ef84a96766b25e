package io.ratelimit.core.internal.memory;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.LimitKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The cost of the pending events in each key of each named limit. O(log keys) for each charge of an
 * event that is added or removed. Guarded by the queue's lock.
 */
final class Loads {

  /** The load on a key. */
  record Asked(LimitKey key, long cost) {
    private static final Comparator<Asked> DEAREST =
        Comparator.comparingLong(Asked::cost).thenComparing(Asked::key).reversed();
  }

  private static final class OfLimit {
    final Map<LimitKey, Asked> byKey = new HashMap<>();
    final NavigableSet<Asked> dearest = new TreeSet<>(Asked.DEAREST);

    void change(LimitKey key, long by) {
      Asked old = byKey.remove(key);
      if (old != null) {
        dearest.remove(old);
      }
      Asked asked = new Asked(key, by + (old == null ? 0 : old.cost));
      if (asked.cost > 0) {
        byKey.put(key, asked);
        dearest.add(asked);
      }
    }
  }

  private final Map<String, OfLimit> byName = new HashMap<>();

  void add(List<Charge> charges) {
    for (Charge charge : charges) {
      OfLimit limit = byName.computeIfAbsent(charge.key().limit(), absent -> new OfLimit());
      limit.change(charge.key(), charge.cost());
    }
  }

  void remove(List<Charge> charges) {
    for (Charge charge : charges) {
      OfLimit limit = requireNonNull(byName.get(charge.key().limit()));
      limit.change(charge.key(), -charge.cost());
      if (limit.byKey.isEmpty()) {
        byName.remove(charge.key().limit());
      }
    }
  }

  void clear() {
    byName.clear();
  }

  /** Returns the keys of a limit with the largest loads, up to a number. */
  List<Asked> dearest(String name, int most) {
    OfLimit limit = byName.get(name);
    return limit == null ? List.of() : limit.dearest.stream().limit(most).toList();
  }

  /** Returns the number of keys of a limit with a load. */
  int keys(String name) {
    OfLimit limit = byName.get(name);
    return limit == null ? 0 : limit.dearest.size();
  }
}
