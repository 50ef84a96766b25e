package io.ratelimit.redis.internal.session;

import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.redis.internal.wire.WireSettings;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What this process has seen of the limit's state, and passes with each call, so that a store which
 * lost its state does not reopen a window that is spent, and one whose clock is set neither stops
 * nor hurries. Thread-safe.
 *
 * <p>Of the store's time it knows bounds: it was at its reply's <em>now</em> at some moment between
 * the sending of the call and its reply, and has gone on since as this process's time has.
 */
final class Remembered {

  private static final String UNKNOWN = "-";

  // Below this, nothing is concluded from a difference.
  private static final long LEEWAY_MICROS = 1_000_000;
  // Two clocks may differ in their pace by this part of the time that has passed.
  private static final long DRIFT_PARTS = 1_000;

  private WireSettings settings;
  private OptionalLong latestStart = OptionalLong.empty();

  private String epoch = UNKNOWN;
  private String server = UNKNOWN;
  // How far the store's time is ahead of this process's, at least and at most, as of `comparedAt`.
  private long least;
  private long most;
  private long comparedAt;
  private long heard;
  private boolean isAhead;

  Remembered(WireSettings initial) {
    this.settings = initial;
  }

  /** What is passed with a call. */
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

  /** Returns what to say of the time with a call that is sent now; see {@code basics.lua}. */
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
   * Remembers what a reply says; replies of calls in parallel may come in any order.
   *
   * @param sent this process's time when the call was sent
   * @param received the same when the reply was there
   * @param now the store's time
   * @param line the store's epoch and server; empty: the store did nothing, because its time seems
   *     to be ahead of what it can be
   * @return whether the time is certain to be ahead
   */
  synchronized boolean see(
      long sent, long received, long now, OptionalLong start, String text, Optional<String> line) {
    // What cannot be read is refused before anything is changed.
    WireSettings seen = text.equals(settings.text()) ? settings : WireSettings.parse(text);
    if (line.isPresent()) {
      String[] words = line.get().split(" ", -1);
      if (!words[0].equals(epoch)) {
        // What was remembered has been told by the call, and counts in the reply.
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

  /** Returns the latest settings that were seen. */
  synchronized LimitSettings settings() {
    return settings.settings();
  }

  /** Returns the settings that a reply says. */
  synchronized LimitSettings settings(String text) {
    return text.equals(settings.text()) ? settings.settings() : WireSettings.parse(text).settings();
  }
}
