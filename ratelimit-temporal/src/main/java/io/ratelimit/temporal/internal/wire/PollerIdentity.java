package io.ratelimit.temporal.internal.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A worker's identity for Temporal: its name, its number of slots, and its queue. While no manager
 * runs, nothing else is known about a worker.
 */
public final class PollerIdentity {

  private static final String SERVES = " serves ";
  private static final Pattern SLOTS = Pattern.compile(" with (\\d{1,9}) slots( serves .*)?$");

  /**
   * Returns the identity.
   *
   * @param slots the most lanes that it runs, if known
   * @param queue the name of its queue, if it has one
   */
  public static String of(
      String client, String worker, Optional<Integer> slots, Optional<String> queue) {
    return client
        + ' '
        + worker
        + slots.map(count -> " with " + count + " slots").orElse("")
        + queue.map(name -> SERVES + name).orElse("");
  }

  /** Returns the queue in a poller's identity, if any. */
  public static Optional<String> queueOf(String identity) {
    int at = identity.lastIndexOf(SERVES);
    return at < 0 ? Optional.empty() : Optional.of(identity.substring(at + SERVES.length()));
  }

  /** Returns the slots in a poller's identity, if any. */
  public static Optional<Integer> slotsOf(String identity) {
    Matcher told = SLOTS.matcher(identity);
    return told.find() ? Optional.of(Integer.parseInt(told.group(1))) : Optional.empty();
  }

  private PollerIdentity() {}
}
