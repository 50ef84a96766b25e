package io.ratelimit.core.queue;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.Pause;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one key of a named limit stands, at one moment.
 *
 * @param key the key
 * @param held what the starts in each window cost, in the order of the limit's windows
 * @param inFlight how many attempts are being made, with those that wait for a retry where these
 *     hold; 0 for a limit that does not bound them
 * @param pause the pause that holds, if one does
 * @param latestStart when the latest attempt that is remembered was started
 */
public record KeyStats(
    LimitKey key,
    List<Long> held,
    int inFlight,
    Optional<Pause> pause,
    Optional<Instant> latestStart) {

  /** Copies the list. */
  public KeyStats {
    held = List.copyOf(held);
  }
}
