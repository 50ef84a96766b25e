package io.ratelimit.http.answer;

/** Status codes that have a meaning of their own here. */
public final class Statuses {

  /** The request will be worked on later. */
  public static final int ACCEPTED = 202;

  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int PROXY_AUTHENTICATION_REQUIRED = 407;
  static final int REQUEST_TIMEOUT = 408;

  /** Some exchanges ban an address that continues after a 429. */
  static final int BANNED = 418;

  static final int TOO_EARLY = 425;

  /** Too many requests. */
  public static final int TOO_MANY_REQUESTS = 429;

  static final int SERVICE_UNAVAILABLE = 503;

  static boolean isSuccess(int status) {
    return status >= 200 && status < 300;
  }

  static boolean isRedirect(int status) {
    return status >= 300 && status < 400;
  }

  static boolean isServersFault(int status) {
    return status >= 500;
  }

  private Statuses() {}
}
