package io.ratelimit.core.queue;

import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of one key of a named limit at one moment.
 *
 * @param key the key
 * @param windows the windows in force for it: the limit's own or those of an override, raised where
 *     somebody demands it
 * @param held what the starts in each window cost, in the same order
 * @param inFlight how many attempts are in flight, including events that wait for a retry if these
 *     count; 0 for a limit without a bound
 * @param pause the pause that holds, if one does
 * @param latestStart when the latest attempt that is remembered was started
 * @param nextStart when this limit admits the next start with a cost of 1; empty if that is
 *     unknown, because it is paused until somebody resumes, or because the maximum number of
 *     attempts is in flight
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
