package io.ratelimit.cli.shell;

/** The exit codes of the process; 0 means success. The numbers are stable, for scripts. */
public final class ExitCode {

  /** A round missed its deadline, exceeded its limit or lost an event, or a check failed. */
  public static final int MISSED = 1;

  /** Bad input, including an id that is unknown or taken. */
  public static final int BAD_INPUT = 2;

  /** A server could not be reached, or refused. */
  public static final int UNAVAILABLE = 3;

  /** A result did not come in time. */
  public static final int NOT_YET = 4;

  /** A search ended without a value that reaches its goal. */
  public static final int GOAL_NOT_REACHED = 5;

  /** A bug. */
  public static final int INTERNAL_ERROR = 70;

  /** The output could not be written: a full disk, or none to begin with. */
  public static final int OUTPUT_FAILED = 74;

  /** Nobody read the output to its end: as if SIGPIPE had ended the process. */
  public static final int OUTPUT_CLOSED = 141;

  private ExitCode() {}
}
