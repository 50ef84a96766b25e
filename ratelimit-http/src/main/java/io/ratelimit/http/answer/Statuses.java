package io.ratelimit.http.answer;

/** Status codes that have a meaning of their own here. */
public final class Statuses {

  public static final int UNAUTHORIZED = 401;
  public static final int FORBIDDEN = 403;
  public static final int PROXY_AUTHENTICATION_REQUIRED = 407;
  public static final int REQUEST_TIMEOUT = 408;

  /** With some exchanges: an address that went on after a 429 is banned. */
  public static final int BANNED = 418;

  public static final int TOO_EARLY = 425;
  public static final int TOO_MANY_REQUESTS = 429;
  public static final int SERVICE_UNAVAILABLE = 503;

  public static boolean isSuccess(int status) {
    return status >= 200 && status < 300;
  }

  public static boolean isRedirect(int status) {
    return status >= 300 && status < 400;
  }

  public static boolean isServersFault(int status) {
    return status >= 500;
  }

  private Statuses() {}
}
