package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.RoundRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts the events published in a round, by type and minute. Bounded; not thread-safe. */
final class Arrivals {

  private final Instant startedAt;
  private final Map<String, List<Long>> minutesByType = new LinkedHashMap<>();

  /**
   * @param startedAt when the round began; events published earlier do not count
   */
  Arrivals(Instant startedAt) {
    this.startedAt = startedAt;
  }

  void add(String type, Instant publishedAt) {
    if (publishedAt.isBefore(startedAt)) {
      return;
    }
    boolean known =
        minutesByType.containsKey(type) || minutesByType.size() < RoundRecord.MOST_TYPES - 1;
    List<Long> minutes =
        minutesByType.computeIfAbsent(
            known ? type : RoundRecord.OTHER_TYPES, another -> new ArrayList<>());
    int minute = RoundTrace.minute(startedAt, publishedAt);
    if (minute >= minutes.size()) {
      minutes.addAll(Collections.nCopies(minute + 1 - minutes.size(), 0L));
    }
    minutes.set(minute, minutes.get(minute) + 1);
  }

  /** Returns how many events were published in each minute, by type name. */
  Map<String, List<Long>> minutesByType() {
    Map<String, List<Long>> copy = new LinkedHashMap<>();
    minutesByType.forEach((type, minutes) -> copy.put(type, List.copyOf(minutes)));
    return copy;
  }
}
