package io.ratelimit.cli.web;

/**
 * Thrown if a server cannot listen where it should; the message says where, why, and what to do.
 */
public final class WebServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  WebServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
