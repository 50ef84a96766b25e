package io.ratelimit.core.internal.engine;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.WantedTypes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that an engine or a worker has no handler for. They are left to other processes, do
 * not count as work here, and are reported. Thread-safe.
 */
public final class LeftToOthers {

  private static final Logger LOG = LoggerFactory.getLogger(LeftToOthers.class);

  private final WantedTypes handled;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private volatile Map<String, QueueStats.SetAside> seen = Map.of();

  /**
   * Creates an object that has seen no events yet.
   *
   * @param handled the types that have a handler here
   */
  public LeftToOthers(WantedTypes handled) {
    this.handled = handled;
  }

  /**
   * Returns a queue's statistics without the events that are left to others, after a {@link #look}.
   */
  QueueStats subtractedFrom(QueueStats stats) {
    look(stats);
    return stats.wanting(handled);
  }

  /** Reads a queue's statistics, and logs each type that is left to others once. */
  public void look(QueueStats stats) {
    Map<String, QueueStats.SetAside> others = new TreeMap<>(stats.setAside());
    others.keySet().removeIf(handled::includes);
    seen = others;
    others.forEach(
        (name, setAside) -> {
          if (told.add(name)) {
            LOG.warn(
                "there is no handler here for events of type {}; {} of them wait for a process that"
                    + " has one",
                Printable.text(name),
                setAside.events());
          }
        });
  }

  /** Returns how many events are left to others, by type name. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    seen.forEach((name, setAside) -> counts.put(name, setAside.events()));
    return counts;
  }

  /**
   * Returns a message for each type whose events nobody seems to take.
   *
   * @param age the age beyond which an event that nobody has taken is a fault
   */
  List<String> overdue(Duration age) {
    return seen.entrySet().stream()
        .filter(type -> type.getValue().oldestAge().compareTo(age) > 0)
        .map(
            type ->
                "no process takes events of type "
                    + type.getKey()
                    + ": "
                    + type.getValue().events()
                    + " wait, the oldest for "
                    + type.getValue().oldestAge())
        .toList();
  }
}
