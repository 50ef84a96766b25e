package io.ratelimit.core.internal.engine;

import io.ratelimit.core.scaling.ScalingDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What scaling remembers of earlier decisions: enough for another process to continue from there.
 * Immutable, and consists of records, so a JSON library can write it as it is.
 *
 * @param samples how many events had been published at earlier times, in order; unmodifiable
 * @param previous the last decision, if there was one
 * @param meanProcessingTime how long waiting events were expected to take on average, if there were
 *     any
 * @param nothingElseAt when the queue last held only events that waited for named limits, or none
 */
public record ScalingMemory(
    List<Sample> samples,
    Optional<ScalingDecision> previous,
    Optional<Duration> meanProcessingTime,
    Optional<Instant> nothingElseAt) {

  /** The memory of no decisions. */
  public static final ScalingMemory NONE =
      new ScalingMemory(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * A reading of the number of published events.
   *
   * @param at when it was read
   * @param published how many events had ever been published
   */
  public record Sample(Instant at, long published) {}

  /** Copies the samples. */
  public ScalingMemory {
    samples = List.copyOf(samples);
  }
}
