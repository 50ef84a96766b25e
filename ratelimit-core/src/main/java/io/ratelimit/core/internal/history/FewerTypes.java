package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.RoundRecord.OfType;
import io.ratelimit.core.report.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** Combines the types with the fewest attempts if there are too many. Pure. */
public final class FewerTypes {

  /** Returns the types, combined until at most a number of them is left. */
  public static List<OfType> atMost(int most, List<OfType> types) {
    List<OfType> fewer = types;
    while (fewer.size() > most) {
      fewer = than(fewer);
    }
    return fewer;
  }

  /**
   * Returns the types with one fewer: the type with the fewest attempts joins the others. A single
   * type loses its longest fields instead.
   */
  static List<OfType> than(List<OfType> types) {
    if (types.size() < 2) {
      return types.stream().map(FewerTypes::bare).toList();
    }
    List<OfType> fewer = new ArrayList<>(types);
    OfType others = removed(fewer, others(fewer).orElseGet(() -> least(fewer)));
    if (!fewer.isEmpty()) {
      others = sum(others, removed(fewer, least(fewer)));
    }
    fewer.add(others);
    return fewer;
  }

  private static OfType bare(OfType type) {
    return new OfType(
        type.type(),
        type.backlog(),
        Optional.empty(),
        type.attempts(),
        type.done(),
        type.failed(),
        type.retries(),
        Optional.empty());
  }

  private static Optional<OfType> others(List<OfType> types) {
    return types.stream().filter(type -> type.type().equals(RoundRecord.OTHER_TYPES)).findAny();
  }

  private static OfType least(List<OfType> types) {
    return types.stream().min(Comparator.comparingLong(OfType::attempts)).orElseThrow();
  }

  private static OfType removed(List<OfType> types, OfType type) {
    types.remove(type);
    return type;
  }

  private static OfType sum(OfType one, OfType other) {
    return new OfType(
        RoundRecord.OTHER_TYPES,
        both(one.backlog(), other.backlog(), Long::sum),
        both(one.arrivalsByMinute(), other.arrivalsByMinute(), FewerTypes::minutes),
        one.attempts() + other.attempts(),
        one.done() + other.done(),
        one.failed() + other.failed(),
        one.retries() + other.retries(),
        both(one.processing(), other.processing(), Spread::plus));
  }

  /** If a value is unknown for one of two types, it is unknown for both together. */
  private static <T> Optional<T> both(
      Optional<T> one, Optional<T> other, BinaryOperator<T> together) {
    return one.flatMap(first -> other.map(second -> together.apply(first, second)));
  }

  private static List<Long> minutes(List<Long> one, List<Long> other) {
    List<Long> sum = new ArrayList<>();
    for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
      sum.add((i < one.size() ? one.get(i) : 0) + (i < other.size() ? other.get(i) : 0));
    }
    return sum;
  }

  private FewerTypes() {}
}
