package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Kinds;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.FailedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Groups failed events by the kind of their reason, which leaves out what differs from event to
 * event. Not thread-safe.
 */
public final class FailedReasons {

  /** The number of kinds that are told apart; any further kinds are counted together. */
  static final int MOST_KINDS = 50;

  private static final String OTHERS = "other reasons";
  private static final String LEFT_OUT = "…";
  private static final int LONGEST_KIND = 160;

  /**
   * The events that failed for one kind of reason. The names in JSON are stable.
   *
   * @param reason the kind
   * @param events the number of events
   * @param firstSequence the sequence of one of them
   * @param lastFailedAt when the last of them failed
   */
  public record Group(String reason, long events, long firstSequence, Instant lastFailedAt) {

    private Group and(FailedEvent failed) {
      return new Group(
          reason,
          events + 1,
          firstSequence,
          failed.failedAt().isAfter(lastFailedAt) ? failed.failedAt() : lastFailedAt);
    }
  }

  private final Map<String, Group> byKind = new LinkedHashMap<>();

  /** Returns the kind of reason for which an event failed. */
  public static String kind(FailedEvent failed) {
    String reason = Printable.cut(failed.reason(), 2 * LONGEST_KIND);
    for (String own : List.of(failed.event().id(), failed.event().walletId())) {
      reason = reason.replaceAll("(?<!\\w)" + Pattern.quote(own) + "(?!\\w)", LEFT_OUT);
    }
    return Printable.cut(Kinds.of(reason), LONGEST_KIND);
  }

  /** Adds an event. */
  public void add(FailedEvent failed) {
    String kind = kind(failed);
    String counted = byKind.containsKey(kind) || byKind.size() < MOST_KINDS ? kind : OTHERS;
    byKind.merge(
        counted,
        new Group(counted, 1, failed.sequence(), failed.failedAt()),
        (before, one) -> before.and(failed));
  }

  /** Returns the groups, the largest first. */
  public List<Group> groups() {
    List<Group> groups = new ArrayList<>(byKind.values());
    groups.sort(Comparator.comparingLong(Group::events).reversed());
    return groups;
  }
}
