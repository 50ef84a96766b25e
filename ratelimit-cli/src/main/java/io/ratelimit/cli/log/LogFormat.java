package io.ratelimit.cli.log;

/** How lines are written. */
enum LogFormat {
  /** For a person. */
  TEXT,
  /** An object for each line, for a collector of logs. */
  JSON
}
