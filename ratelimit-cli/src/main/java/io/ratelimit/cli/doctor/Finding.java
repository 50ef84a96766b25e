package io.ratelimit.cli.doctor;

/**
 * The result of a check.
 *
 * @param status how good the result is
 * @param subject what was checked
 * @param finding what was found
 * @param advice what to do about it; empty if nothing
 */
record Finding(Status status, String subject, String finding, String advice) {

  /** Grades a result. */
  enum Status {
    OK,
    WARN,
    FAIL
  }

  static Finding ok(String subject, String finding) {
    return new Finding(Status.OK, subject, finding, "");
  }

  static Finding warn(String subject, String finding, String advice) {
    return new Finding(Status.WARN, subject, finding, advice);
  }

  static Finding fail(String subject, String finding, String advice) {
    return new Finding(Status.FAIL, subject, finding, advice);
  }
}
