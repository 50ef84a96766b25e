package io.ratelimit.core.scaling;

/** What keeps the work from being finished sooner. */
public enum Constraint {
  /** The rate limit: more workers would only wait. */
  RATE,
  /** The number of workers: the limit would allow more. */
  WORKERS,
  /** The amount of work: there is not more to do, or nothing that is more urgent. */
  WORK
}
