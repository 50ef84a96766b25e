package io.ratelimit.cli.watch;

import io.ratelimit.core.queue.FailedEvent;
import java.util.Locale;
import java.util.Optional;

/**
 * Selects failed events: those that match all given criteria.
 *
 * @param id their id
 * @param wallet their wallet's id
 * @param type the name of their type
 * @param reason a part of the reason for which they failed, in any case; or the kind of reason, as
 *     {@link FailedReasons} names it
 */
public record FailedFilter(
    Optional<String> id, Optional<String> wallet, Optional<String> type, Optional<String> reason) {

  /** Selects all failed events. */
  public static final FailedFilter ALL =
      new FailedFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Returns whether this filter selects an event. */
  public boolean matches(FailedEvent failed) {
    return is(id, failed.event().id())
        && is(wallet, failed.event().walletId())
        && is(type, failed.event().type().name())
        && reason.map(wanted -> isReason(wanted, failed)).orElse(true);
  }

  private static boolean is(Optional<String> wanted, String value) {
    return wanted.isEmpty() || wanted.get().equals(value);
  }

  private static boolean isReason(String wanted, FailedEvent failed) {
    return failed.reason().toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT))
        || FailedReasons.kind(failed).equals(wanted);
  }
}
