package io.ratelimit.redis.internal.session;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.redis.internal.wire.WireSettings;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Remembers what this process has seen of the limit's state, and passes it with each call, so that
 * a store that lost its state does not reopen a spent window, and a change of the store's clock
 * neither stops starts nor speeds them up. Thread-safe.
 *
 * <p>It knows bounds of the store's time: at some moment between sending a call and its reply, that
 * time was the reply's <em>now</em>, and it has advanced since then as this process's time has.
 */
final class Remembered {

  private static final String UNKNOWN = "-";

  // Smaller differences prove nothing.
  private static final long LEEWAY_MICROS = 1_000_000;
  // The pace of two clocks may differ by this share of the elapsed time.
  private static final long DRIFT_PARTS = 1_000;

  private WireSettings settings;
  private OptionalLong latestStart = OptionalLong.empty();

  private String epoch = UNKNOWN;
  private String server = UNKNOWN;
  // The least and the most that the store's time is ahead of this process's, as of `comparedAt`.
  private long least;
  private long most;
  private long comparedAt;
  private long heard;
  private boolean isAhead;

  Remembered(WireSettings initial) {
    this.settings = initial;
  }

  /** The arguments to pass with a call. */
  record Memory(String clock, String latestStart, String settings) {}

  /**
   * Returns what to pass with a call that is sent now.
   *
   * @param here this process's time in microseconds
   * @param givenNow the store's time, where a test gives it
   */
  synchronized Memory memory(long here, Optional<Long> givenNow) {
    return new Memory(
        clock(here, givenNow),
        latestStart.isPresent() ? Long.toString(latestStart.getAsLong()) : "",
        settings.text());
  }

  /** Returns the argument about the time for a call that is sent now; see {@code basics.lua}. */
  synchronized String clock(long here, Optional<Long> givenNow) {
    String given = givenNow.map(Object::toString).orElse(UNKNOWN);
    return epoch.equals(UNKNOWN)
        ? given + " - - - - - 0"
        : String.join(
            " ",
            given,
            epoch,
            server,
            Long.toString(heard),
            Long.toString(least + here),
            Long.toString(slack(here)),
            isAhead ? "1" : "0");
  }

  private long slack(long here) {
    return LEEWAY_MICROS + drift(here);
  }

  private long drift(long here) {
    return Math.max(0, here - comparedAt) / DRIFT_PARTS;
  }

  /**
   * Remembers a reply; replies of concurrent calls may arrive in any order.
   *
   * @param sent this process's time when the call was sent
   * @param received this process's time when the reply arrived
   * @param now the store's time
   * @param line the store's epoch and server; empty if the store did nothing because its time seems
   *     impossibly far ahead
   * @return whether the time is certain to be ahead
   */
  synchronized boolean see(
      long sent, long received, long now, OptionalLong start, String text, Optional<String> line) {
    // Parses first, so that an unreadable reply changes nothing.
    WireSettings seen = text.equals(settings.text()) ? settings : WireSettings.parse(text);
    if (line.isPresent()) {
      String[] words = line.get().split(" ", -1);
      if (!words[0].equals(epoch)) {
        // The call passed what was remembered, so the reply takes it into account.
        epoch = words[0];
        latestStart = OptionalLong.empty();
        settings = seen;
        least = now - received;
        most = now - sent;
        comparedAt = received;
        heard = now;
      }
      server = words[1];
      heard = Math.max(heard, now);
    }
    compare(sent, received, now);
    if (start.isPresent() && start.getAsLong() > latestStart.orElse(Long.MIN_VALUE)) {
      latestStart = start;
    }
    if (seen.changedAt() >= settings.changedAt()) {
      settings = seen;
    }
    return isAhead;
  }

  private void compare(long sent, long received, long now) {
    isAhead = now - received > most + slack(received);
    if (!isAhead) {
      long drift = drift(received);
      least = Math.max(least - drift, now - received);
      most = Math.max(least, Math.min(most + drift, now - sent));
      comparedAt = Math.max(comparedAt, received);
    }
  }

  /** Returns the latest settings seen. */
  synchronized LimitSettings settings() {
    return settings.settings();
  }

  /** Returns the settings in a reply. */
  synchronized LimitSettings settings(String text) {
    return text.equals(settings.text()) ? settings.settings() : WireSettings.parse(text).settings();
  }
}
