package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.Managers;
import io.ratelimit.cli.watch.Watch;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.queue.EventQueue;
import java.util.Optional;

/** A queue that a page shows and controls. Thread-safe. */
interface PageQueue {

  /** Returns the name of the queue. */
  String name();

  /**
   * Returns the queue, which stays open.
   *
   * @throws io.ratelimit.core.queue.QueueException if the queue must be connected to and cannot be
   */
  EventQueue queue();

  /**
   * Returns the history of the queue's rounds.
   *
   * @throws io.ratelimit.core.queue.QueueException if the queue must be connected to and cannot be
   */
  RoundHistory history();

  /** Returns the watch over the queue, once there is one. */
  Optional<Watch> watch();

  /** Returns the managers of the queue, if a Temporal server is known and was asked. */
  default Optional<Managers> managers() {
    return watch().flatMap(Watch::managers);
  }

  /** Returns the channels to the browsers that look at the queue. */
  Channels channels();
}
