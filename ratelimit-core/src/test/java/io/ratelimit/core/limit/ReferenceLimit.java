package io.ratelimit.core.limit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LimitState} promises, as plainly as it can be said and as slowly as that takes: a
 * list of all starts, exact fractions in place of rounded ones, and a search through every moment
 * at which an answer can change. Shares no arithmetic with the code under test. Times are
 * microseconds.
 */
final class ReferenceLimit {

  /** One start, and the limit that was in force at it. */
  record Start(long at, int weight, RateLimit limit) {}

  private final List<Start> starts = new ArrayList<>();
  private RateLimit normal;
  private @Nullable RateLimit emergency;
  private long emergencyEnd;
  private OptionalLong pauseEnd = OptionalLong.empty();

  /** Up to when, that included, starts are no longer remembered. */
  private OptionalLong forgotten = OptionalLong.empty();

  /** The exact TAT in microseconds × the permits of the limit it belongs to. */
  private @Nullable BigInteger scaledTat;

  private RateLimit tatLimit;

  ReferenceLimit(RateLimit normal) {
    this.normal = normal;
    this.tatLimit = normal;
  }

  List<Start> starts() {
    return starts;
  }

  void changeNormal(RateLimit limit) {
    normal = limit;
  }

  void declareEmergency(RateLimit limit, long end) {
    emergency = limit;
    emergencyEnd = end;
  }

  void endEmergency() {
    emergency = null;
  }

  /** Pauses to an end; {@link Long#MAX_VALUE}: until resumed. */
  void pause(long end) {
    pauseEnd = OptionalLong.of(Math.max(end, pauseEnd.orElse(end)));
  }

  void resume() {
    pauseEnd = OptionalLong.empty();
  }

  void forgetUntil(long time) {
    forgotten = OptionalLong.of(time);
  }

  /** The time of the decision: a clock that goes back stands still at the latest start. */
  long decisionTime(long now) {
    long latest = starts.isEmpty() ? forgotten.orElse(now) : starts.get(starts.size() - 1).at;
    return Math.max(now, latest);
  }

  int largestWeight(long now) {
    return Math.min(normal.permits(), inForce(now).permits());
  }

  RateLimit inForce(long now) {
    return emergency != null && now < emergencyEnd && isFaster(emergency, normal)
        ? emergency
        : normal;
  }

  private static boolean isFaster(RateLimit one, RateLimit other) {
    BigInteger rate = BigInteger.valueOf(one.permits()).multiply(window(other));
    return rate.compareTo(BigInteger.valueOf(other.permits()).multiply(window(one))) > 0;
  }

  /** The earliest start from now on; empty while paused without an end. */
  OptionalLong earliest(long now, int weight) {
    long from = decisionTime(now);
    if (pauseEnd.isPresent() && pauseEnd.getAsLong() == Long.MAX_VALUE) {
      return OptionalLong.empty();
    }
    // Where an answer can change from no to yes: now, at the end of a pause or an emergency, when
    // something leaves a window, when a pace allows it.
    TreeSet<Long> moments = new TreeSet<>(List.of(from));
    pauseEnd.ifPresent(moments::add);
    moments.add(emergencyEnd);
    for (RateLimit limit : limits()) {
      long window = window(limit).longValueExact();
      remembered().forEach(start -> moments.add(start.at + window));
      forgotten.ifPresent(time -> moments.add(time + window));
      pacedFrom(limit, weight).ifPresent(moments::add);
    }
    return moments.tailSet(from).stream()
        .filter(moment -> mayStart(moment, weight))
        .mapToLong(Long::longValue)
        .findFirst();
  }

  private List<RateLimit> limits() {
    return emergency == null ? List.of(normal) : List.of(normal, emergency);
  }

  private boolean mayStart(long now, int weight) {
    RateLimit limit = inForce(now);
    Optional<Long> paced = pacedFrom(limit, weight);
    return !(pauseEnd.isPresent() && now < pauseEnd.getAsLong())
        && (paced.isEmpty() || paced.get() <= now)
        && hasRoom(now, limit, weight);
  }

  private boolean hasRoom(long now, RateLimit limit, int weight) {
    long begin = now - window(limit).longValueExact();
    if (forgotten.isPresent() && forgotten.getAsLong() > begin) {
      return false;
    }
    long held = starts.stream().filter(s -> s.at > begin).mapToLong(Start::weight).sum();
    return held + weight <= limit.permits();
  }

  /** The first whole microsecond that the pace allows. */
  private Optional<Long> pacedFrom(RateLimit limit, int weight) {
    BigInteger tat = scaledTat(limit);
    if (tat == null) {
      return Optional.empty();
    }
    BigInteger unusedBurst = BigInteger.valueOf(limit.burst() - Math.min(weight, limit.burst()));
    BigInteger scaled = tat.subtract(unusedBurst.multiply(window(limit)));
    BigInteger[] parts = scaled.divideAndRemainder(BigInteger.valueOf(limit.permits()));
    long floor = parts[0].longValueExact();
    return Optional.of(parts[1].signum() > 0 ? floor + 1 : floor);
  }

  /** Under another limit than that of the last start: as if all starts had been made under it. */
  private @Nullable BigInteger scaledTat(RateLimit limit) {
    if (limit.equals(tatLimit)) {
      return scaledTat;
    }
    BigInteger tat = null;
    List<Start> known = remembered();
    for (int i = 0; i < known.size(); i++) {
      long at = known.get(i).at;
      int weight = known.get(i).weight;
      // What started at once counts as one start.
      for (; i + 1 < known.size() && known.get(i + 1).at == at; i++) {
        weight += known.get(i + 1).weight;
      }
      tat = afterStart(tat, at, weight, limit);
    }
    return tat;
  }

  private static BigInteger afterStart(
      @Nullable BigInteger tat, long at, int weight, RateLimit limit) {
    BigInteger permits = BigInteger.valueOf(limit.permits());
    BigInteger now = BigInteger.valueOf(at).multiply(permits);
    // A start that is less than a microsecond late, because there is none earlier, is not late.
    boolean late = tat == null || now.subtract(tat).compareTo(permits) >= 0;
    BigInteger from = late ? now : tat;
    int cost = Math.min(weight, limit.permits());
    BigInteger debt = BigInteger.valueOf(Math.max(cost, limit.burst())).multiply(window(limit));
    BigInteger paid = from.add(BigInteger.valueOf(cost).multiply(window(limit)));
    return paid.min(now.add(debt));
  }

  private List<Start> remembered() {
    return starts.stream()
        .filter(s -> forgotten.isEmpty() || s.at > forgotten.getAsLong())
        .toList();
  }

  void start(long now, int weight) {
    RateLimit limit = inForce(now);
    scaledTat = afterStart(scaledTat(limit), now, weight, limit);
    tatLimit = limit;
    starts.add(new Start(now, weight, limit));
    long longest = limits().stream().mapToLong(l -> window(l).longValueExact()).max().orElseThrow();
    List<Start> known = remembered();
    boolean inTheWay = known.stream().mapToLong(Start::weight).sum() > limit.permits();
    if (inTheWay || known.get(0).at <= now - longest - longest / 8) {
      known.stream()
          .mapToLong(Start::at)
          .filter(at -> at <= now - longest)
          .max()
          .ifPresent(at -> forgotten = OptionalLong.of(at));
    }
  }

  private static BigInteger window(RateLimit limit) {
    return BigInteger.valueOf(limit.window().toNanos() / 1_000);
  }
}
