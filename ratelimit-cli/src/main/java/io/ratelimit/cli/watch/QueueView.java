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

/** What a queue holds, as {@code queue stats} shows it; the names in JSON are a promise. */
public record QueueView(
    String namespace,
    Instant observedAt,
    long pending,
    Map<Priority, Long> pendingByPriority,
    Map<String, Long> pendingByType,
    long delayed,
    long leased,
    long done,
    long failed,
    long discarded,
    long lost,
    long published,
    boolean conserved,
    long starts,
    long expiredLeases,
    Optional<Duration> oldestPendingAge,
    RateLimit limitInForce,
    RateLimit normalLimit,
    Optional<Instant> emergencyUntil,
    long startsInWindow,
    Optional<Instant> nextStart,
    boolean paused,
    Optional<Instant> pausedUntil,
    List<MeasuredType> measured) {

  private static final int INDENT = 12;

  public static QueueView of(String namespace, QueueStats stats) {
    LimitSettings limit = stats.limit();
    boolean paused = limit.isPaused(stats.observedAt());
    return new QueueView(
        namespace,
        stats.observedAt(),
        stats.pending(),
        stats.pendingByPriority(),
        byType(stats),
        stats.delayed(),
        stats.leased(),
        stats.done(),
        stats.failed(),
        stats.discarded(),
        stats.lost(),
        stats.published(),
        stats.isConserved(),
        stats.starts(),
        stats.expiredLeases(),
        stats.oldestPendingAge(),
        stats.limitInForce(),
        limit.normal(),
        limit.raisedUntil(stats.observedAt()),
        stats.startsInWindow(),
        stats.nextStart(),
        paused,
        paused ? limit.pause().flatMap(pause -> pause.until()) : Optional.empty(),
        MeasuredType.of(stats));
  }

  /** The most urgent types first, then by name. */
  private static Map<String, Long> byType(QueueStats stats) {
    Map<String, Long> counts = new LinkedHashMap<>();
    stats.pendingByType().entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<EventType, Long> entry) -> entry.getKey().priority())
                .thenComparing(entry -> entry.getKey().name()))
        .forEach(entry -> counts.merge(entry.getKey().name(), entry.getValue(), Long::sum));
    return counts;
  }

  /** For a person. */
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
    oldestPendingAge.ifPresent(
        age -> lines.add(line("Oldest", "published " + Texts.duration(seconds(age)) + " ago")));
    lines.add(
        line(
            "Running",
            leased
                + " in workers' hands; "
                + Texts.count(starts, "start")
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
    lines.add(line("Limit", limit()));
    untilNextStart().ifPresent(wait -> lines.add(line("Next start", "in " + Texts.tenths(wait))));
    if (paused) {
      lines.add(
          line("Paused", pausedUntil.map(until -> "until " + until).orElse("until it is resumed")));
    }
    lines.addAll(labelled("Measured", MeasuredType.lines(measured)));
    return lines;
  }

  private static List<String> labelled(String label, List<String> texts) {
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
            .map(until -> "; raised from " + normalLimit + " until " + until)
            .orElse("");
  }

  /** What is in the window, and how long nothing starts. */
  public String startsText() {
    return StartsText.of(startsInWindow, limitInForce, paused, untilNextStart());
  }

  /** How long nothing may be started, if not at once. */
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
