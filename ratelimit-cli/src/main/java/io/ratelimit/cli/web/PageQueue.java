package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.Managers;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.queue.EventQueue;
import java.util.Optional;

/** A queue that a page shows, and on which it works. Thread-safe. */
interface PageQueue {

  /** Returns its name. */
  String name();

  /**
   * Returns the queue, which stays open.
   *
   * @throws io.ratelimit.core.queue.QueueException if it has to be connected to, and cannot be
   */
  EventQueue queue();

  /**
   * Returns where its rounds are kept.
   *
   * @throws io.ratelimit.core.queue.QueueException if it has to be connected to, and cannot be
   */
  RoundHistory history();

  /** Returns how it is watched, once it is. */
  Optional<Watch> watch();

  /** Returns its managers, where a Temporal server is known and was asked. */
  default Optional<Managers> managers() {
    return watch().flatMap(Watch::managers);
  }

  /** Returns what browsers are told of it. */
  Channels channels();
}
