package io.ratelimit.temporal.manager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A schedule that starts managers. Immutable, and consists of records, so a JSON library can write
 * it as it is.
 *
 * @param id its id; the ids of its managers begin with it
 * @param every how often it starts one
 * @param paused whether it starts none for now
 * @param next when it will, the soonest first; unmodifiable
 * @param recent the managers that it started last, in order; unmodifiable
 * @param running the ids of those that run; unmodifiable
 * @param skipped how many it skipped because the previous one was still running
 */
public record ManagerSchedule(
    String id,
    Duration every,
    boolean paused,
    List<Instant> next,
    List<Started> recent,
    List<String> running,
    long skipped) {

  /**
   * A manager that the schedule started.
   *
   * @param id the manager's id
   * @param scheduledAt when it was to start
   * @param startedAt when it did
   */
  public record Started(String id, Instant scheduledAt, Instant startedAt) {}

  /** Copies the lists. */
  public ManagerSchedule {
    next = List.copyOf(next);
    recent = List.copyOf(recent);
    running = List.copyOf(running);
  }
}
