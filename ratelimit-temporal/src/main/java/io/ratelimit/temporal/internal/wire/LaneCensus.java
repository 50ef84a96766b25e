package io.ratelimit.temporal.internal.wire;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Optional;

/**
 * Which lanes there are, as Temporal and the queue know it.
 *
 * @param begun how many are at work
 * @param waiting how many have waited for a worker's slot for longer than it takes to get one
 * @param slots how many lanes the worker processes that are known of run at most, 0 if there are
 *     none; empty: that is not known
 * @param outgoing the ids of lanes of earlier runs that hold an event; unmodifiable
 * @param alone whether only one worker process asks for lanes: it may begin them at once, while of
 *     several each is to get its share
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LaneCensus(
    int begun, int waiting, Optional<Integer> slots, List<String> outgoing, boolean alone) {

  /** Copies the list. */
  public LaneCensus {
    outgoing = List.copyOf(outgoing);
  }

  /**
   * Returns how many lanes can be at work, as far as that is known. Where there are no workers it
   * is not: those that come bring as many as they have.
   */
  public Optional<Integer> room() {
    return waiting > 0
        ? Optional.of(Math.max(1, begun))
        : slots.filter(s -> s > 0).map(s -> Math.max(s, begun));
  }
}
