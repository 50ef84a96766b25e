package io.ratelimit.cli.log;

/** The format of lines. */
enum LogFormat {
  /** Text for people. */
  TEXT,
  /** A JSON object per line, for log collectors. */
  JSON
}
