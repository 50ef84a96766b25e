package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.spring.RateLimitProperties;
import java.util.function.Supplier;

/** Reads the properties, and says which ones to set if they are missing or wrong. */
final class Settings {

  private Settings() {}

  static RateLimit limit(RateLimitProperties properties) {
    RateLimit limit = properties.limit();
    if (limit == null) {
      throw new ConfigurationException(
          "There is no rate limit: ratelimit.limit is not set, and only you know what"
              + " the API allows.",
          "Set ratelimit.limit, for example to 20/m. Define a bean of type EventQueue"
              + " to use your own queue, or set ratelimit.enabled=false to turn this library"
              + " off.");
    }
    RateLimit unused = read(() -> properties.roundTerms().fastest(limit));
    return limit;
  }

  /** Reads values that are only checked together. */
  static <T> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException refused) {
      throw new ConfigurationException(
          "A ratelimit.* property has an invalid value: " + refused.getMessage(),
          "Correct it. docs/spring-boot.md lists the properties and their ranges.",
          refused);
    }
  }
}
