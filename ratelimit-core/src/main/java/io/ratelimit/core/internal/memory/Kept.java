package io.ratelimit.core.internal.memory;

/** A part of a queue's state that a store keeps as one record. Guarded by the queue's lock. */
abstract class Kept {

  /** The number of its record in the store; 0 if none. */
  long record;
}
