package io.ratelimit.cli.web;

/** A server cannot listen where it is to; the message says where, why, and what to do. */
public final class WebServerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  WebServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
