package io.ratelimit.cli.limiter;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A named limit in the output of {@code limiter show}; the names in JSON are stable. */
record NamedLimitView(
    String namespace,
    String name,
    List<RateLimit> windows,
    OptionalInt maxInFlight,
    List<Key> keys) {

  /** The state of a key. */
  record Key(
      String key,
      List<Long> held,
      int inFlight,
      boolean paused,
      Optional<Instant> pausedUntil,
      Optional<Instant> latestStart) {}

  private static final int INDENT = 12;

  static NamedLimitView of(String namespace, NamedLimit limit, List<KeyStats> keys) {
    return new NamedLimitView(
        namespace,
        limit.name(),
        limit.windows(),
        limit.maxInFlight(),
        keys.stream()
            .map(
                key ->
                    new Key(
                        key.key().key(),
                        key.held(),
                        key.inFlight(),
                        key.pause().isPresent(),
                        key.pause().flatMap(Pause::until),
                        key.latestStart()))
            .toList());
  }

  /** Returns lines for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("Limiter", namespace));
    List<String> rules = new ArrayList<>(windows.stream().map(RateLimit::toString).toList());
    maxInFlight.ifPresent(most -> rules.add(most + " at once"));
    lines.add(line("Limit", name + ": " + String.join(", ", rules)));
    if (keys.isEmpty()) {
      lines.add(line("Keys", "none active: all may start"));
    }
    for (Key key : keys) {
      lines.add(line("Key", (key.key.isEmpty() ? "shared by all" : key.key) + ": " + state(key)));
    }
    return lines;
  }

  private String state(Key key) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < key.held.size(); i++) {
      RateLimit window = windows.get(i);
      parts.add(
          key.held.get(i) + " of " + window.permits() + " in " + Texts.tenths(window.window()));
    }
    if (maxInFlight.isPresent()) {
      parts.add(key.inFlight + " of " + maxInFlight.getAsInt() + " at once");
    }
    if (key.paused) {
      parts.add("paused " + key.pausedUntil.map(until -> "until " + until).orElse("until resumed"));
    }
    return String.join(", ", parts);
  }

  private static String line(String label, String text) {
    return Texts.padded(label, INDENT) + text;
  }
}
