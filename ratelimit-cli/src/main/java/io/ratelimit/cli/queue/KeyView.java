package io.ratelimit.cli.queue;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The state of a key of a named limit for display; the names in JSON are stable. */
record KeyView(
    String limit,
    String key,
    List<Window> windows,
    Optional<String> overriddenBy,
    int inFlight,
    OptionalInt maxInFlight,
    boolean paused,
    Optional<Instant> pausedUntil,
    Optional<Instant> latestStart,
    Optional<Instant> nextStart) {

  static final List<String> HEADER =
      List.of("KEY", "WINDOWS", "IN FLIGHT", "NEXT START", "OVERRIDE");

  /** The cost of the starts in a window, and the window's limit. */
  record Window(long held, RateLimit limit) {
    private String shown() {
      return held + " of " + limit;
    }
  }

  static KeyView of(NamedLimitSettings settings, KeyStats stats) {
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < stats.windows().size(); i++) {
      windows.add(new Window(stats.held().get(i), stats.windows().get(i)));
    }
    return new KeyView(
        stats.key().limit(),
        stats.key().key(),
        windows,
        settings.overrideOf(stats.key().key()).map(LimitOverride::keys).map(KeyPattern::pattern),
        stats.inFlight(),
        settings.limit().maxInFlight(),
        stats.pause().isPresent(),
        stats.pause().flatMap(Pause::until),
        stats.latestStart(),
        stats.nextStart());
  }

  List<String> row(Instant now) {
    return List.of(
        name(),
        windows.isEmpty()
            ? "-"
            : windows.stream().map(Window::shown).collect(Collectors.joining(", ")),
        inFlightShown(),
        nextShown(now),
        overriddenBy.orElse("-"));
  }

  List<String> lines(Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(limit + ", key " + name());
    windows.forEach(window -> lines.add(line("Window", window.shown())));
    overriddenBy.ifPresent(keys -> lines.add(line("Override", "of the keys " + keys)));
    lines.add(line("In flight", inFlightShown()));
    lines.add(line("Next start", nextShown(now)));
    return lines;
  }

  private static String line(String label, String text) {
    return Texts.padded(label, 12) + text;
  }

  private String name() {
    return key.isEmpty() ? "(all share it)" : key;
  }

  private String inFlightShown() {
    return maxInFlight.isPresent() ? inFlight + " of " + maxInFlight.getAsInt() : "-";
  }

  private String nextShown(Instant now) {
    String when =
        nextStart
            .map(at -> Duration.between(now, at))
            .map(wait -> wait.isNegative() || wait.isZero() ? "now" : "in " + Texts.tenths(wait))
            .orElse(paused ? "when someone resumes" : "when an attempt ends");
    return paused && nextStart.isPresent() ? when + ", paused" : when;
  }
}
