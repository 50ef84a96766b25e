package io.ratelimit.core.queue;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one key of a named limit stands, at one moment.
 *
 * @param key the key
 * @param windows the windows in force for it: the limit's own or those of an override, raised where
 *     somebody demands it
 * @param held what the starts in each window cost, in the same order
 * @param inFlight how many attempts are being made, with those that wait for a retry where these
 *     hold; 0 for a limit that does not bound them
 * @param pause the pause that holds, if one does
 * @param latestStart when the latest attempt that is remembered was started
 * @param nextStart from when on this limit admits a start that costs 1; empty while nobody knows:
 *     it is paused until someone resumes, or as many attempts are in flight as may be
 */
public record KeyStats(
    LimitKey key,
    List<RateLimit> windows,
    List<Long> held,
    int inFlight,
    Optional<Pause> pause,
    Optional<Instant> latestStart,
    Optional<Instant> nextStart) {

  /** Copies the lists. */
  public KeyStats {
    windows = List.copyOf(windows);
    held = List.copyOf(held);
  }
}
