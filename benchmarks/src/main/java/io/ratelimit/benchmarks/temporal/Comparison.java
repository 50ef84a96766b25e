package io.ratelimit.benchmarks.temporal;

import io.ratelimit.benchmarks.table.Table;
import io.ratelimit.temporal.manager.ManagerOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** Makes the measurements, in an order that is fair to both sides. */
final class Comparison {

  private static final String SINGLE = "single";
  private static final String SHARES = "shares";
  private static final String ADAPTIVE = "adaptive";

  /** The sections to measure. */
  static final List<String> SECTIONS = List.of(SINGLE, SHARES, ADAPTIVE);

  private static final int[] LANES = {10, 40};
  private static final int REPETITIONS = 3;

  private final NativeActivities nativeActivities;
  private final ManagedEvents managed;
  private final Table table;
  private final int perLane;
  private final int repetitions;
  private final List<Speed> speeds = new ArrayList<>();

  Comparison(Servers servers, Table table, boolean quick) {
    this.nativeActivities = new NativeActivities(servers);
    this.managed = new ManagedEvents(servers);
    this.table = table;
    this.perLane = quick ? 10 : 200;
    this.repetitions = quick ? 1 : REPETITIONS;
  }

  List<Speed> run(List<String> sections) throws InterruptedException {
    for (int lanes : LANES) {
      if (sections.contains(SINGLE)) {
        oneByOne(lanes);
      }
      if (sections.contains(SHARES)) {
        for (int share : new int[] {100, ManagerOptions.MOST_EVENTS}) {
          shares(share + " an activity", lanes, options -> options.withEventsPerActivity(share));
        }
      }
    }
    for (int lanes : LANES) {
      if (sections.contains(ADAPTIVE)) {
        shares("as by default", lanes, UnaryOperator.identity());
      }
    }
    return List.copyOf(speeds);
  }

  /**
   * Measures in turns, so that other load affects all sides; the table shows the median of each.
   */
  private void oneByOne(int lanes) throws InterruptedException {
    List<Speed> alone = new ArrayList<>();
    List<Speed> tuned = new ArrayList<>();
    List<Speed> managers = new ArrayList<>();
    int events = perLane * lanes / 2;
    for (int n = 0; n < repetitions; n++) {
      alone.add(nativeActivities.measure(lanes, events));
      tuned.add(nativeActivities.measureTuned(lanes, events));
      managers.add(
          managed.measure(
              "one an activity", lanes, events, options -> options.withEventsPerActivity(1)));
    }
    Speed nativeOne = middle(alone);
    for (List<Speed> each : List.of(alone, tuned, managers)) {
      Speed one = middle(each);
      row(one, one.perSecond() / nativeOne.perSecond());
    }
  }

  private void shares(String name, int lanes, UnaryOperator<ManagerOptions> share)
      throws InterruptedException {
    List<Speed> managers = new ArrayList<>();
    for (int n = 0; n < repetitions; n++) {
      managers.add(managed.measure(name, lanes, perLane * lanes * 10, share));
    }
    row(middle(managers), "");
  }

  private static Speed middle(List<Speed> repeated) {
    return repeated.stream()
        .sorted(Comparator.comparingDouble(Speed::perSecond))
        .toList()
        .get(repeated.size() / 2);
  }

  private void row(Speed speed, Object ofNative) {
    speeds.add(speed);
    table.row(
        speed.name(),
        speed.lanes(),
        speed.perSecond(),
        ofNative,
        speed.serverMicros(),
        speed.workerMicros(),
        speed.redisMicros(),
        speed.history());
  }
}
