package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * Everything that is set about a queue's limit, as one value with a version: what it normally is,
 * what it is raised to in an emergency, and whether starts are paused. {@link #inForce} is the one
 * way to the limit that holds.
 *
 * <p>Setting what is set already returns an equal value with the same version. Immutable and
 * thread-safe.
 *
 * @param normal the limit without an emergency
 * @param emergency the raised limit, if one was declared; it may have lapsed
 * @param pause the pause, if there is one; it may have ended
 * @param version grows by one with each change
 */
public record LimitSettings(
    RateLimit normal, Optional<Emergency> emergency, Optional<Pause> pause, long version) {

  /** Creates settings. */
  public LimitSettings {
    requireNonNull(normal, "normal");
    requireNonNull(emergency, "emergency");
    requireNonNull(pause, "pause");
  }

  /** The first settings of a queue: this limit, no emergency, no pause, version 1. */
  public static LimitSettings of(RateLimit normal) {
    return new LimitSettings(normal, Optional.empty(), Optional.empty(), 1);
  }

  /** The limit that holds at a time: the raised one during an emergency, else the normal one. */
  public RateLimit inForce(Instant now) {
    return isEmergency(now) ? emergency.orElseThrow().limit() : normal;
  }

  /**
   * Whether a raised limit holds at a time. An emergency limit that is not faster than the normal
   * one raises nothing.
   */
  public boolean isEmergency(Instant now) {
    return emergency.isPresent()
        && now.isBefore(emergency.get().until())
        && emergency.get().limit().isFasterThan(normal);
  }

  /** Whether starts are paused at a time. */
  public boolean isPaused(Instant now) {
    return pause.isPresent() && pause.get().holdsAt(now);
  }

  /**
   * The largest weight that can start at a time: it must fit the limit during and after an
   * emergency.
   */
  public int largestWeight(Instant now) {
    return Math.min(normal.permits(), inForce(now).permits());
  }

  /** These settings with another normal limit; a declared emergency stays. */
  public LimitSettings withNormal(RateLimit limit) {
    return limit.equals(normal) ? this : new LimitSettings(limit, emergency, pause, version + 1);
  }

  /**
   * These settings with a raised limit until a time. Declaring the same limit again moves only its
   * end, which is no new version.
   */
  public LimitSettings withEmergency(RateLimit limit, Instant until) {
    boolean renewed = emergency.isPresent() && emergency.get().limit().equals(limit);
    return new LimitSettings(
        normal, Optional.of(new Emergency(limit, until)), pause, renewed ? version : version + 1);
  }

  /** These settings without an emergency. */
  public LimitSettings withoutEmergency() {
    return emergency.isEmpty()
        ? this
        : new LimitSettings(normal, Optional.empty(), pause, version + 1);
  }

  /** These settings paused; of two pauses the longer one holds. */
  public LimitSettings withPause(Pause another) {
    Pause longer = pause.map(another::longer).orElse(another);
    return pause.equals(Optional.of(longer))
        ? this
        : new LimitSettings(normal, emergency, Optional.of(longer), version + 1);
  }

  /** These settings without a pause. */
  public LimitSettings resumed() {
    return pause.isEmpty()
        ? this
        : new LimitSettings(normal, emergency, Optional.empty(), version + 1);
  }
}
