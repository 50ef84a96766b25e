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
 * The events that an engine or a worker has no handler for: others take them, if there are any.
 * They are no work of this engine or worker, and it tells of them. Thread-safe.
 */
public final class LeftToOthers {

  private static final Logger LOG = LoggerFactory.getLogger(LeftToOthers.class);

  private final WantedTypes handled;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private volatile Map<String, QueueStats.SetAside> seen = Map.of();

  /**
   * Sees nothing yet.
   *
   * @param handled which types the engine has a handler for
   */
  public LeftToOthers(WantedTypes handled) {
    this.handled = handled;
  }

  /** Returns what a queue holds for this engine, which has looked. */
  QueueStats subtractedFrom(QueueStats stats) {
    look(stats);
    return stats.wanting(handled);
  }

  /** Sees what a queue holds, and logs each type that is left to others once. */
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

  /** Returns how many there are, by the name of the type. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    seen.forEach((name, setAside) -> counts.put(name, setAside.events()));
    return counts;
  }

  /**
   * Returns what to say of types whose events nobody seems to take.
   *
   * @param age at which it is a fault that nobody has taken an event
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
