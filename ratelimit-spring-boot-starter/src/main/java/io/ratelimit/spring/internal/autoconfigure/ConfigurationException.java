package io.ratelimit.spring.internal.autoconfigure;

/** A configuration that contradicts itself: says what is wrong and what to do. */
final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String action;

  ConfigurationException(String description, String action) {
    super(description);
    this.action = action;
  }

  ConfigurationException(String description, String action, Throwable cause) {
    super(description, cause);
    this.action = action;
  }

  String action() {
    return action;
  }
}
