package io.ratelimit.core.scaling;

/** What keeps the work from finishing sooner. */
public enum Constraint {
  /** The rate limit: more workers would only wait. */
  RATE,
  /** The number of workers: the limit would allow more. */
  WORKERS,
  /** The amount of work: there is nothing more to do, or nothing more urgent. */
  WORK
}
