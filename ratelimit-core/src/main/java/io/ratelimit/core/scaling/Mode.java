package io.ratelimit.core.scaling;

/** Whether the limit is the normal one or a raised one. */
public enum Mode {
  /** The normal limit. */
  NORMAL,
  /** A raised limit, because the deadline was in danger. */
  EMERGENCY
}
