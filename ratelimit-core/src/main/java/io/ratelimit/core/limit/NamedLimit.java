package io.ratelimit.core.limit;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * A limit in addition to a queue's own, as it is declared to the store: it applies to each key
 * separately.
 *
 * <p><b>Guarantee.</b> For each key, every window holds, and each as {@link RateLimit} says: in no
 * half-open interval of its length do attempts start that cost more than its permits. Never more
 * attempts are in flight at once than {@code maxInFlight}.
 *
 * @param name the name: 1 to {@value LimitKey#MAX_NAME_LENGTH} characters, not blank
 * @param windows all hold at once: up to {@value #MAX_WINDOWS}, no two of the same length
 * @param maxInFlight the maximum number of attempts in flight for a key, whatever they cost; 1 runs
 *     them one at a time. Empty for as many as the windows admit
 * @param retriesHold whether an event that waits for its retry counts as in flight, so that those
 *     behind it wait for it; otherwise they overtake it
 * @param ceiling the most that a {@linkplain NamedDemand demand} can raise the window of the same
 *     length to; a window without a ceiling is never raised
 */
public record NamedLimit(
    String name,
    List<RateLimit> windows,
    OptionalInt maxInFlight,
    boolean retriesHold,
    List<RateLimit> ceiling) {

  /** The most windows of a limit. */
  public static final int MAX_WINDOWS = 8;

  /** The most attempts of a key at once that can be set. */
  public static final int MOST_IN_FLIGHT = 1_000_000;

  /**
   * Creates a limit.
   *
   * @throws IllegalArgumentException if a value is outside its range, two windows are equally long,
   *     or there is neither a window nor a number of attempts at once
   */
  public NamedLimit {
    Names.notBlank("the name of a limit", name, LimitKey.MAX_NAME_LENGTH);
    String what = "of the limit " + Printable.quoted(name);
    windows = checkedWindows(what, windows, 0);
    ceiling = checkedWindows("of the ceiling " + what, ceiling, 0);
    requireNonNull(maxInFlight, "maxInFlight");
    if (maxInFlight.isPresent()) {
      Requirements.count("the attempts at once " + what, maxInFlight.getAsInt(), 1, MOST_IN_FLIGHT);
    } else if (windows.isEmpty() || retriesHold) {
      throw new IllegalArgumentException(
          "the limit "
              + Printable.quoted(name)
              + " needs "
              + (retriesHold ? "a number of attempts at once that retries count in" : "a window")
              + " but has none");
    }
    for (RateLimit high : ceiling) {
      if (windows.stream().noneMatch(window -> window.windowMicros() == high.windowMicros())) {
        throw new IllegalArgumentException(
            "the ceiling "
                + what
                + " must be of windows that it has but one is of "
                + high.window()
                + ": "
                + high);
      }
    }
  }

  /**
   * Creates a limit that no demand raises.
   *
   * @throws IllegalArgumentException if a value is outside its range, two windows are equally long,
   *     or there is neither a window nor a number of attempts at once
   */
  public NamedLimit(
      String name, List<RateLimit> windows, OptionalInt maxInFlight, boolean retriesHold) {
    this(name, windows, maxInFlight, retriesHold, List.of());
  }

  static List<RateLimit> checkedWindows(String what, List<RateLimit> windows, int least) {
    Requirements.count("the windows " + what, windows.size(), least, MAX_WINDOWS);
    HashSet<Long> lengths = new HashSet<>();
    for (RateLimit window : windows) {
      if (!lengths.add(window.windowMicros())) {
        throw new IllegalArgumentException(
            "the windows " + what + " must differ in length but two are " + window.window());
      }
    }
    return List.copyOf(windows);
  }

  /**
   * Returns a limit of these windows.
   *
   * @throws IllegalArgumentException if a value is outside its range
   */
  public static NamedLimit of(String name, RateLimit... windows) {
    return new NamedLimit(name, List.of(windows), OptionalInt.empty(), false);
  }

  /**
   * Returns this limit with a bound on attempts in flight per key; an event that waits for a retry
   * is not in flight.
   *
   * @throws IllegalArgumentException if the number is outside its range
   */
  public NamedLimit withMaxInFlight(int most) {
    return new NamedLimit(name, windows, OptionalInt.of(most), false, ceiling);
  }

  /**
   * Returns this limit with ceilings up to which demands may raise its windows.
   *
   * @param high up to where, each of the length of one of the windows
   * @throws IllegalArgumentException if one is of another length, or two are of the same
   */
  public NamedLimit withCeiling(RateLimit... high) {
    return new NamedLimit(name, windows, maxInFlight, retriesHold, List.of(high));
  }

  /** Returns the most that one attempt may cost. */
  public int largestCost() {
    return largestCost(windows);
  }

  static int largestCost(List<RateLimit> windows) {
    int largest = RateLimit.MAX_PERMITS;
    for (RateLimit window : windows) {
      largest = Math.min(largest, window.permits());
    }
    return largest;
  }

  static long longestMicros(List<RateLimit> windows) {
    long longest = 0;
    for (RateLimit window : windows) {
      longest = Math.max(longest, window.windowMicros());
    }
    return longest;
  }
}
