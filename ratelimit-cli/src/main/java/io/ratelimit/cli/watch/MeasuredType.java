package io.ratelimit.cli.watch;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.TypeEstimate;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Measurements of the attempts at events of a type. The names in JSON are stable.
 *
 * @param type the name of the type
 * @param declared the declared duration of an attempt
 * @param typical the expected duration of an attempt, from the declaration and the measurements
 * @param failureRate the share of attempts that is expected to fail, 0 to 1
 * @param attempts the number of attempts on which this is based; older ones count in part
 */
public record MeasuredType(
    String type, Duration declared, Duration typical, double failureRate, long attempts) {

  private static final double WORTH_TELLING = 0.25;
  private static final double NANOS_PER_SECOND = 1e9;

  public static MeasuredType of(EventType type, TypeEstimate estimate) {
    return new MeasuredType(
        type.name(),
        type.processingTime(),
        Duration.ofNanos(Math.round(estimate.typicalSeconds() * NANOS_PER_SECOND)),
        estimate.failureRate(),
        estimate.seen());
  }

  /** Returns the types by name. */
  static List<MeasuredType> of(QueueStats stats) {
    return stats.observed().entrySet().stream()
        .map(
            entry ->
                of(
                    entry.getKey(),
                    TypeEstimate.of(entry.getKey(), Expectations.NONE, entry.getValue())))
        .sorted(Comparator.comparing(MeasuredType::type))
        .toList();
  }

  /** Describes, for a person, the types that take another time than declared. */
  static List<String> lines(List<MeasuredType> types) {
    List<MeasuredType> differing = types.stream().filter(MeasuredType::isWorthTelling).toList();
    int width = differing.stream().mapToInt(each -> each.type().length()).max().orElse(0);
    return differing.stream().map(each -> each.line(width)).toList();
  }

  private boolean isWorthTelling() {
    double ratio = (double) typical.toNanos() / declared.toNanos();
    return Math.abs(ratio - 1) > WORTH_TELLING;
  }

  private String line(int width) {
    return String.format(
        Locale.ROOT,
        "%s  some %s, declared %s; %s fail (%s seen)",
        Texts.padded(type, width),
        Texts.tenths(typical),
        Texts.tenths(declared),
        Texts.percent(failureRate),
        Texts.count(attempts, "attempt"));
  }
}
