package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Optional;

/**
 * The existing lanes, according to Temporal and the queue.
 *
 * @param begun the number of active lanes
 * @param waiting the number of lanes that have waited for a worker's slot longer than it takes to
 *     get a free one
 * @param slots the most lanes that the known worker processes run, 0 if there are none; empty if
 *     unknown
 * @param outgoing the ids of lanes of earlier runs that hold an event; unmodifiable
 * @param alone whether only one worker process polls for lanes: it may begin them at once, while
 *     several must share them
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LaneCensus(
    int begun, int waiting, Optional<Integer> slots, List<String> outgoing, boolean alone) {

  /** Copies the list. */
  public LaneCensus {
    outgoing = List.copyOf(outgoing);
  }

  /**
   * Returns how many lanes can be active, if known. Without workers, it is unknown: those that come
   * bring their own slots.
   */
  public Optional<Integer> room() {
    return waiting > 0
        ? Optional.of(Math.max(1, begun))
        : slots.filter(s -> s > 0).map(s -> Math.max(s, begun));
  }
}
