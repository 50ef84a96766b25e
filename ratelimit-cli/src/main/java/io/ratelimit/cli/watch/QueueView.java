package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.StartsText;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a queue holds, as {@code queue stats} shows it. The names in JSON are stable. Shows the
 * types with the most pending events; the others are counted together.
 */
public record QueueView(
    String namespace,
    Instant observedAt,
    long pending,
    Map<Priority, Long> pendingByPriority,
    Map<String, Long> pendingByType,
    int otherTypes,
    long pendingOfOtherTypes,
    Map<String, Long> setAside,
    long delayed,
    long leased,
    long done,
    long failed,
    long discarded,
    long lost,
    long published,
    boolean conserved,
    long starts,
    long acquiredPermits,
    long replaced,
    long expired,
    long expiredLeases,
    long overruns,
    Optional<Instant> latestOverrun,
    Optional<Duration> oldestPendingAge,
    RateLimit limitInForce,
    RateLimit normalLimit,
    Optional<Instant> emergencyUntil,
    long startsInWindow,
    Optional<Instant> latestStart,
    Optional<Instant> nextStart,
    boolean paused,
    Optional<Instant> pausedUntil,
    List<MeasuredType> measured) {

  /** The most types that are shown separately. */
  static final int MOST_TYPES = 50;

  private static final int INDENT = 12;

  public static QueueView of(String namespace, QueueStats stats) {
    LimitSettings limit = stats.limit();
    boolean paused = limit.isPaused(stats.observedAt());
    Map<String, Long> types = byType(stats);
    Map<String, Long> byType = theLargestOf(types);
    return new QueueView(
        namespace,
        stats.observedAt(),
        stats.pending(),
        stats.pendingByPriority(),
        byType,
        types.size() - byType.size(),
        sum(types) - sum(byType),
        setAside(stats),
        stats.delayed(),
        stats.leased(),
        stats.done(),
        stats.failed(),
        stats.discarded(),
        stats.lost(),
        stats.published(),
        stats.isConserved(),
        stats.starts(),
        stats.acquiredPermits(),
        stats.replaced(),
        stats.expired(),
        stats.expiredLeases(),
        stats.corrections().overruns(),
        stats.corrections().latestOverrun(),
        stats.oldestAge(),
        stats.limitInForce(),
        limit.normal(),
        limit.raisedUntil(stats.observedAt()),
        stats.startsInWindow(),
        stats.latestStart(),
        stats.nextStart(),
        paused,
        paused ? limit.pause().flatMap(pause -> pause.until()) : Optional.empty(),
        MeasuredType.of(stats));
  }

  /** Returns the most urgent types first, then by name. */
  private static Map<String, Long> byType(QueueStats stats) {
    Map<String, Long> counts = new LinkedHashMap<>();
    stats.pendingByType().entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<EventType, Long> entry) -> entry.getKey().priority())
                .thenComparing(entry -> entry.getKey().name()))
        .forEach(entry -> counts.merge(entry.getKey().name(), entry.getValue(), Long::sum));
    return counts;
  }

  /**
   * Keeps the order of the types, and limits them to what a person, a script and a browser can
   * handle.
   */
  private static Map<String, Long> theLargestOf(Map<String, Long> types) {
    if (types.size() <= MOST_TYPES) {
      return types;
    }
    Set<String> largest =
        types.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(MOST_TYPES)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    Map<String, Long> shown = new LinkedHashMap<>(types);
    shown.keySet().retainAll(largest);
    return shown;
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Map<String, Long> setAside(QueueStats stats) {
    Map<String, Long> counts = new TreeMap<>();
    stats.setAside().forEach((name, aside) -> counts.put(name, aside.events()));
    return counts;
  }

  /** Describes this view for a person. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("Queue", namespace));
    lines.add(
        line(
            "Waiting",
            Texts.count(pending, "event")
                + " pending ("
                + byPriority()
                + "), "
                + delayed
                + " delayed until a retry"));
    int width = pendingByType.keySet().stream().mapToInt(String::length).max().orElse(0);
    pendingByType.forEach(
        (type, count) ->
            lines.add(
                line("", String.format(Locale.ROOT, "%s %8d", Texts.padded(type, width), count))));
    if (otherTypes > 0) {
      lines.add(
          line(
              "", Texts.count(pendingOfOtherTypes, "event") + " of " + otherTypes + " more types"));
    }
    setAside.forEach(
        (type, count) ->
            lines.add(
                line(
                    "Set aside",
                    Texts.count(count, "event")
                        + " of type "
                        + type
                        + ": some workers have no handler for it")));
    oldestPendingAge.ifPresent(
        age -> lines.add(line("Oldest", "published " + Texts.duration(seconds(age)) + " ago")));
    lines.add(
        line(
            "Running",
            leased
                + " held by workers; "
                + Texts.count(starts, "start")
                + (acquiredPermits == 0
                    ? ""
                    : " and "
                        + Texts.count(acquiredPermits, "permit")
                        + " to calls without an event")
                + ", "
                + Texts.count(expiredLeases, "expired lease")));
    lines.add(
        line(
            "Balance",
            published
                + " published = "
                + (pending + delayed + leased)
                + " unfinished + "
                + done
                + " done + "
                + failed
                + " failed + "
                + discarded
                + " discarded"
                + (lost == 0 ? "" : " + " + lost + " LOST")
                + (conserved ? "" : ": EVENTS ARE MISSING")));
    if (replaced > 0) {
      lines.add(line("Replaced", Texts.count(replaced, "event") + " by a later one"));
    }
    if (expired > 0) {
      lines.add(line("Expired", Texts.count(expired, "event") + " before the start"));
    }
    lines.add(line("Limit", limit()));
    latestOverrun.ifPresent(
        at ->
            lines.add(
                line(
                    "Overruns",
                    Texts.count(overruns, "window")
                        + " held too much, because costs were reported too late; the last at "
                        + Texts.second(at))));
    untilNextStart().ifPresent(wait -> lines.add(line("Next start", "in " + Texts.tenths(wait))));
    if (pending + delayed > 0 && !paused) {
      lines.add(
          line(
              "Last start",
              "in " + Texts.tenths(QueueFacts.of(this).atLeast()) + " at the earliest"));
    }
    if (paused) {
      lines.add(
          line(
              "Paused",
              pausedUntil
                  .map(until -> "until " + Texts.second(until))
                  .orElse("until it is resumed")));
    }
    lines.addAll(labeled("Measured", MeasuredType.lines(measured)));
    return lines;
  }

  private static List<String> labeled(String label, List<String> texts) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      lines.add(line(lines.isEmpty() ? label : "", text));
    }
    return lines;
  }

  private String byPriority() {
    List<String> parts = new ArrayList<>();
    pendingByPriority.forEach(
        (priority, count) -> parts.add(count + " " + priority.name().toLowerCase(Locale.ROOT)));
    return String.join(", ", parts);
  }

  private String limit() {
    return limitInForce
        + ", "
        + startsText()
        + emergencyUntil
            .map(until -> "; raised from " + normalLimit + " until " + Texts.second(until))
            .orElse("");
  }

  /** Describes what is in the window, and how long nothing starts. */
  public String startsText() {
    return StartsText.of(startsInWindow, limitInForce, paused, untilNextStart());
  }

  /** Returns the time until the next start, unless it is possible at once. */
  Optional<Duration> untilNextStart() {
    return nextStart.map(at -> Duration.between(observedAt, at));
  }

  private static Duration seconds(Duration age) {
    return age.compareTo(Duration.ofSeconds(10)) < 0 ? age : Duration.ofSeconds(age.toSeconds());
  }

  private static String line(String label, String text) {
    return Texts.padded(label, INDENT) + text;
  }
}
