package io.ratelimit.core.scaling;

import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.RateLimit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides which named limits an emergency raises, and how far: the one that holds the work back
 * most, to the lowest windows that meet the deadline, up to its ceiling, and the next one only if
 * that is not enough.
 */
final class NamedRaise {

  /** Raised windows are kept until the risk is this many times the allowed one. */
  private static final double TOLERANCE = 4;

  /** Raised windows are lowered only to at most this share of them. */
  private static final double LOWER_STEP = 0.85;

  private final ScalingInput input;
  private final int workers;
  private final RateLimit fastest;

  private NamedRaise(ScalingInput input) {
    this.input = input;
    this.workers = input.workers().max();
    this.fastest =
        input
            .emergencyLimit()
            .filter(limit -> limit.isFasterThan(input.normalLimit()))
            .orElse(input.normalLimit());
  }

  /** Returns the windows to use in place of the limits' own, by name. */
  static Map<String, List<RateLimit>> of(ScalingInput input) {
    boolean canRaise =
        input.loads().stream().anyMatch(load -> !load.settings().limit().ceiling().isEmpty());
    return canRaise && !input.waiting().isEmpty() ? new NamedRaise(input).raised() : Map.of();
  }

  /** Returns the input with these windows of named limits. */
  static ScalingInput under(ScalingInput input, Map<String, List<RateLimit>> raised) {
    return raised.isEmpty()
        ? input
        : input.withLoads(
            input.loads().stream()
                .map(
                    load ->
                        raised.containsKey(load.name())
                            ? load.raisedTo(raised.get(load.name()))
                            : load)
                .toList());
  }

  /** Returns the input with each limit at its ceiling. */
  static ScalingInput atCeilings(ScalingInput input) {
    return input.withLoads(
        input.loads().stream()
            .map(
                load ->
                    load.settings().limit().ceiling().isEmpty()
                        ? load
                        : load.raisedTo(ceilings(load)))
            .toList());
  }

  private Map<String, List<RateLimit>> raised() {
    double allowed = input.confidence().risk();
    Outlook normal = Outlook.of(input);
    boolean isOthers = normal.binding(input.normalLimit(), workers).isEmpty();
    if (normal.risk(input.normalLimit(), workers) <= allowed
        || (isOthers && normal.risk(fastest, workers) <= allowed)) {
      return Map.of();
    }
    Map<String, List<RateLimit>> lowest = lowest(allowed);
    Map<String, List<RateLimit>> held =
        input.previous().map(ScalingDecision::raised).orElse(Map.of());
    boolean isEnough =
        !held.isEmpty()
            && held.keySet().equals(lowest.keySet())
            && (meets(held, input.normalLimit(), allowed * TOLERANCE)
                || meets(held, fastest, allowed * TOLERANCE));
    return isEnough && !isMuchLower(lowest, held) ? held : lowest;
  }

  private static boolean isMuchLower(
      Map<String, List<RateLimit>> lowest, Map<String, List<RateLimit>> held) {
    return lowest.entrySet().stream()
        .anyMatch(
            entry -> {
              List<RateLimit> windows = held.get(entry.getKey());
              return windows == null
                  || windows.size() != entry.getValue().size()
                  || Stream.iterate(0, i -> i + 1)
                      .limit(windows.size())
                      .anyMatch(
                          i ->
                              entry.getValue().get(i).permits()
                                  <= windows.get(i).permits() * LOWER_STEP);
            });
  }

  private Map<String, List<RateLimit>> lowest(double allowed) {
    Map<String, List<RateLimit>> raised = new HashMap<>();
    List<LimitLoad> dearest = new ArrayList<>(input.loads());
    Outlook outlook = Outlook.of(input);
    dearest.sort(Comparator.comparing((LimitLoad load) -> outlook.finish(load)).reversed());
    for (LimitLoad load : dearest) {
      List<RateLimit> normal = load.settings().limit().windows();
      List<RateLimit> most = ceilings(load);
      if (most.equals(normal)) {
        continue;
      }
      for (RateLimit limit : List.of(input.normalLimit(), fastest)) {
        Optional<List<RateLimit>> found =
            lowest(normal, most, windows -> meets(with(raised, load, windows), limit, allowed));
        if (found.isPresent()) {
          return with(raised, load, found.get());
        }
      }
      if (outlook.finish(load.raisedTo(most)).compareTo(outlook.finish(load)) < 0) {
        raised.put(load.name(), most);
      }
    }
    return raised;
  }

  private static Map<String, List<RateLimit>> with(
      Map<String, List<RateLimit>> raised, LimitLoad load, List<RateLimit> windows) {
    Map<String, List<RateLimit>> more = new HashMap<>(raised);
    more.put(load.name(), windows);
    return more;
  }

  private boolean meets(Map<String, List<RateLimit>> raised, RateLimit limit, double risk) {
    return Outlook.of(under(input, raised)).risk(limit, workers) <= risk;
  }

  /** Returns the ceiling of each window, or the window itself if it has none. */
  private static List<RateLimit> ceilings(LimitLoad load) {
    NamedLimit limit = load.settings().limit();
    return limit.windows().stream()
        .map(
            window ->
                limit.ceiling().stream()
                    .filter(ceiling -> ceiling.window().equals(window.window()))
                    .filter(ceiling -> ceiling.permits() > window.permits())
                    .findFirst()
                    .orElse(window))
        .toList();
  }

  /**
   * Returns the lowest sufficient windows between two, if any higher ones also suffice: raises them
   * together, and then leaves out those that need not be raised.
   */
  static Optional<List<RateLimit>> lowest(
      List<RateLimit> normal, List<RateLimit> most, Predicate<List<RateLimit>> suffices) {
    if (!suffices.test(most)) {
      return Optional.empty();
    }
    int range = 0;
    for (int i = 0; i < normal.size(); i++) {
      range = Math.max(range, most.get(i).permits() - normal.get(i).permits());
    }
    int low = 0;
    int high = range;
    while (low < high) {
      int middle = low + (high - low) / 2;
      if (suffices.test(between(normal, most, middle, range))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    List<RateLimit> lowest = new ArrayList<>(between(normal, most, high, range));
    for (int i = 0; i < normal.size(); i++) {
      RateLimit raised = lowest.set(i, normal.get(i));
      if (!suffices.test(lowest)) {
        lowest.set(i, raised);
      }
    }
    return Optional.of(List.copyOf(lowest));
  }

  private static List<RateLimit> between(
      List<RateLimit> normal, List<RateLimit> most, long step, long steps) {
    List<RateLimit> windows = new ArrayList<>();
    for (int i = 0; i < normal.size(); i++) {
      long more = (long) most.get(i).permits() - normal.get(i).permits();
      long raise = steps == 0 ? 0 : -Math.floorDiv(-more * step, steps);
      windows.add(
          raise == more
              ? most.get(i)
              : normal.get(i).withPermits((int) (normal.get(i).permits() + raise)));
    }
    return windows;
  }
}
