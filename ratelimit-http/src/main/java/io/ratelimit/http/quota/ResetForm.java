package io.ratelimit.http.quota;

/** What a number in a field that says when a quota is reset counts. */
public enum ResetForm {
  /**
   * Seconds from now, or the time in seconds or milliseconds since 1970, told apart by their size.
   */
  SECONDS,
  /** Milliseconds from now, or since 1970, told apart by their size. */
  MILLISECONDS
}
