package io.ratelimit.temporal.internal.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a worker calls itself toward Temporal: who it is, how many lanes it runs, and which queue it
 * serves. That is all that can be known of a worker while no manager runs.
 */
public final class PollerIdentity {

  private static final String SERVES = " serves ";
  private static final Pattern SLOTS = Pattern.compile(" with (\\d{1,9}) slots( serves .*)?$");

  /**
   * Returns it.
   *
   * @param slots how many lanes it runs at most, if that is known
   * @param queue the name of its queue, where that has one
   */
  public static String of(
      String client, String worker, Optional<Integer> slots, Optional<String> queue) {
    return client
        + ' '
        + worker
        + slots.map(count -> " with " + count + " slots").orElse("")
        + queue.map(name -> SERVES + name).orElse("");
  }

  /** Returns the queue that a poller says that it serves, if it does. */
  public static Optional<String> queueOf(String identity) {
    int at = identity.lastIndexOf(SERVES);
    return at < 0 ? Optional.empty() : Optional.of(identity.substring(at + SERVES.length()));
  }

  /** Returns how many lanes a poller says that it runs at most, if it does. */
  public static Optional<Integer> slotsOf(String identity) {
    Matcher told = SLOTS.matcher(identity);
    return told.find() ? Optional.of(Integer.parseInt(told.group(1))) : Optional.empty();
  }

  private PollerIdentity() {}
}
