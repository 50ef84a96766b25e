package io.ratelimit.cli.limiter;

import io.ratelimit.cli.shell.StartsText;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The output of {@code limiter show}; the names in JSON are stable. */
record LimiterView(
    String namespace,
    Instant observedAt,
    RateLimit limitInForce,
    RateLimit normalLimit,
    Optional<Instant> emergencyUntil,
    long startsInWindow,
    Optional<Instant> nextStart,
    boolean paused,
    Optional<Instant> pausedUntil,
    long acquiredPermits,
    long startedPermits) {

  private static final int INDENT = 12;

  static LimiterView of(String namespace, QueueStats stats) {
    LimitSettings limit = stats.limit();
    boolean paused = limit.isPaused(stats.observedAt());
    return new LimiterView(
        namespace,
        stats.observedAt(),
        stats.limitInForce(),
        limit.normal(),
        limit.raisedUntil(stats.observedAt()),
        stats.startsInWindow(),
        stats.nextStart(),
        paused,
        paused ? limit.pause().flatMap(Pause::until) : Optional.empty(),
        stats.acquiredPermits(),
        stats.startedPermits());
  }

  /** Returns lines for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("Limiter", namespace));
    lines.add(
        line(
            "Limit",
            limitInForce
                + ", "
                + StartsText.of(startsInWindow, limitInForce)
                + emergencyUntil
                    .map(until -> "; raised from " + normalLimit + " until " + until)
                    .orElse("")));
    if (paused) {
      lines.add(
          line("Paused", pausedUntil.map(until -> "until " + until).orElse("until it is resumed")));
    } else {
      lines.add(
          line(
              "Next start",
              nextStart
                  .map(at -> "in " + Texts.tenths(Duration.between(observedAt, at)))
                  .orElse("now")));
    }
    lines.add(
        line(
            "Spent",
            Texts.count(acquiredPermits, "permit")
                + " on calls without an event, "
                + startedPermits
                + " on attempts at events"));
    return lines;
  }

  private static String line(String label, String text) {
    return Texts.padded(label, INDENT) + text;
  }
}
