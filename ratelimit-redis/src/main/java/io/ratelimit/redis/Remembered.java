package io.ratelimit.redis;

import io.ratelimit.core.limit.LimitSettings;
import java.util.OptionalLong;

/**
 * What this process has seen of the limit's state, and passes with each call, so that a store which
 * lost its state does not reopen a window that is spent. Thread-safe.
 */
final class Remembered {

  private WireSettings settings;
  private OptionalLong latestStart = OptionalLong.empty();

  Remembered(WireSettings initial) {
    this.settings = initial;
  }

  synchronized String settings() {
    return settings.text();
  }

  /** The latest start, or nothing. */
  synchronized String latestStart() {
    return latestStart.isPresent() ? Long.toString(latestStart.getAsLong()) : "";
  }

  /** Remembers what a reply says; replies of calls in parallel may come in any order. */
  synchronized void see(OptionalLong start, String text) {
    if (start.isPresent() && start.getAsLong() > latestStart.orElse(Long.MIN_VALUE)) {
      latestStart = start;
    }
    if (!text.equals(settings.text())) {
      WireSettings seen = WireSettings.parse(text);
      if (seen.changedAt() >= settings.changedAt()) {
        settings = seen;
      }
    }
  }

  /** The settings that a reply says. */
  synchronized LimitSettings settings(String text) {
    return text.equals(settings.text()) ? settings.settings() : WireSettings.parse(text).settings();
  }
}
