package io.ratelimit.cli.doctor;

/**
 * What a check found.
 *
 * @param status how good that is
 * @param subject what was looked at
 * @param finding what it is like
 * @param advice what to do about it; empty if nothing
 */
record Finding(Status status, String subject, String finding, String advice) {

  /** How good it is. */
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
