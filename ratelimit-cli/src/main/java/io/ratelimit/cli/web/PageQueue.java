package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.Managers;
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

  /** Returns its managers, where a Temporal server is known and was asked. */
  Optional<Managers> managers();

  /** Returns what browsers are told of it. */
  Channels channels();
}
