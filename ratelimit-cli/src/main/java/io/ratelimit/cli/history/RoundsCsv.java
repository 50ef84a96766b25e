package io.ratelimit.cli.history;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.RoundFigures;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.RoundRecord.Counts;
import io.ratelimit.core.history.RoundRecord.Workers;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes rounds as CSV, as RFC 4180 defines it: times are ISO 8601, durations seconds, shares 0 to
 * 1, and unknown values empty.
 */
final class RoundsCsv {

  private static final Map<String, Function<RoundRecord, Optional<?>>> OF_ROUND =
      new LinkedHashMap<>();
  private static final Map<String, Function<RoundRecord.OfType, Optional<?>>> OF_TYPE =
      new LinkedHashMap<>();

  static {
    OF_ROUND.put("id", round -> Optional.of(round.id()));
    OF_ROUND.put("queue", round -> Optional.of(text(round.queue())));
    OF_ROUND.put("owner", round -> Optional.of(text(round.owner())));
    OF_ROUND.put("started_at", round -> Optional.of(round.startedAt()));
    OF_ROUND.put("ended_at", round -> Optional.of(round.endedAt()));
    OF_ROUND.put("deadline", round -> Optional.of(Texts.seconds(round.deadline())));
    OF_ROUND.put("outcome", round -> Optional.of(round.outcome()));
    OF_ROUND.put("margin", round -> round.margin().map(Texts::seconds));
    OF_ROUND.put("backlog", round -> round.counts().map(Counts::backlog));
    OF_ROUND.put("published", round -> round.counts().map(Counts::published));
    OF_ROUND.put("done", round -> round.counts().map(Counts::done));
    OF_ROUND.put("failed", round -> round.counts().map(Counts::failed));
    OF_ROUND.put("remaining", round -> round.counts().map(Counts::remaining));
    OF_ROUND.put("lost", round -> round.counts().map(Counts::lost));
    OF_ROUND.put("attempts", round -> round.counts().map(Counts::attempts));
    OF_ROUND.put("retries", round -> round.counts().map(Counts::retries));
    OF_ROUND.put("failure_rate", RoundRecord::failureRate);
    OF_ROUND.put("normal_limit", round -> round.limit().normal());
    OF_ROUND.put("highest_limit", RoundFigures::highest);
    OF_ROUND.put("largest_window", round -> round.limit().largestWindow());
    OF_ROUND.put("extra_starts", round -> round.limit().extraStarts());
    OF_ROUND.put("workers_most", round -> round.workers().map(Workers::most));
    OF_ROUND.put("workers_mean", round -> round.workers().map(Workers::mean));
    OF_ROUND.put("worker_minutes", round -> round.workers().map(Workers::minutes));
    for (Constraint constraint : Constraint.values()) {
      OF_ROUND.put(
          "bound_by_" + constraint.name().toLowerCase(Locale.ROOT),
          round ->
              round.bound().isEmpty()
                  ? Optional.empty()
                  : Optional.of(round.bound().getOrDefault(constraint, 0.0)));
    }
    OF_ROUND.put("sampled_attempts", round -> Optional.of(round.sample().attempts()));
    percentiles(OF_ROUND, "waiting", round -> round.sample().waiting());
    percentiles(OF_ROUND, "processing", round -> round.sample().processing());
    OF_ROUND.put("why", round -> round.why().map(RoundsCsv::text));

    OF_TYPE.put("type", type -> Optional.of(text(type.type())));
    OF_TYPE.put("backlog", RoundRecord.OfType::backlog);
    OF_TYPE.put("arrivals", RoundRecord.OfType::arrivals);
    OF_TYPE.put("attempts", type -> Optional.of(type.attempts()));
    OF_TYPE.put("done", type -> Optional.of(type.done()));
    OF_TYPE.put("failed", type -> Optional.of(type.failed()));
    OF_TYPE.put("retries", type -> Optional.of(type.retries()));
    percentiles(OF_TYPE, "processing", RoundRecord.OfType::processing);
  }

  private static <T> void percentiles(
      Map<String, Function<T, Optional<?>>> columns,
      String name,
      Function<T, Optional<Spread>> spread) {
    percentile(columns, name + "_p50", spread, times -> times.percentiles().p50());
    percentile(columns, name + "_p90", spread, times -> times.percentiles().p90());
    percentile(columns, name + "_p99", spread, times -> times.percentiles().p99());
    percentile(columns, name + "_max", spread, Spread::longest);
  }

  private static <T> void percentile(
      Map<String, Function<T, Optional<?>>> columns,
      String name,
      Function<T, Optional<Spread>> spread,
      Function<Spread, Duration> percentile) {
    columns.put(
        name,
        value ->
            spread
                .apply(value)
                .filter(times -> times.total() > 0)
                .map(percentile)
                .map(Texts::seconds));
  }

  /**
   * Returns the lines; the first has the names of the columns.
   *
   * @param byType whether to write a line for each type of a round instead of one for the round
   */
  static List<String> lines(List<RoundRecord> rounds, boolean byType) {
    List<String> lines = new ArrayList<>();
    if (byType) {
      lines.add("id,ended_at," + String.join(",", OF_TYPE.keySet()));
      for (RoundRecord round : rounds) {
        for (RoundRecord.OfType type : round.types()) {
          lines.add(round.id() + ',' + round.endedAt() + ',' + line(OF_TYPE, type));
        }
      }
    } else {
      lines.add(String.join(",", OF_ROUND.keySet()));
      rounds.forEach(round -> lines.add(line(OF_ROUND, round)));
    }
    return lines;
  }

  private static <T> String line(Map<String, Function<T, Optional<?>>> columns, T row) {
    return columns.values().stream()
        .map(column -> column.apply(row).map(Object::toString).map(RoundsCsv::quoted).orElse(""))
        .collect(Collectors.joining(","));
  }

  /** Puts an apostrophe before text that a spreadsheet would take for a formula. */
  private static String text(String text) {
    return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }

  private static String quoted(String value) {
    boolean plain = value.chars().noneMatch(c -> c == ',' || c == '"' || c < ' ');
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }

  private RoundsCsv() {}
}
