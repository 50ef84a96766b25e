package io.ratelimit.core.limit;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The promises of {@link LimitState}, as plainly and as slowly as possible: a list of all starts,
 * exact fractions instead of rounded ones, and a search through every moment at which an answer can
 * change. Shares no arithmetic with the code under test. Times are microseconds.
 */
final class ReferenceLimit {

  private static final int MOST_REPLAYED = 1_000;
  private static final int MOST_FORGOTTEN = 100;

  /** A start, and the limit in force. */
  record Start(long at, int weight, RateLimit limit) {}

  private final List<Start> starts = new ArrayList<>();
  private RateLimit normal;
  private @Nullable RateLimit ceiling;
  private final Map<String, Wish> wishes = new LinkedHashMap<>();
  private OptionalLong pauseEnd = OptionalLong.empty();

  /** The time up to which, inclusive, starts are forgotten. */
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

  /** A demand and its end. */
  private record Wish(RateLimit limit, long end) {}

  void demand(String owner, RateLimit limit, long end, long now) {
    wishes.values().removeIf(wish -> wish.end <= now);
    wishes.put(owner, new Wish(limit, end));
  }

  void endDemand(String owner, long now) {
    wishes.remove(owner);
    wishes.values().removeIf(wish -> wish.end <= now);
  }

  void changeCeiling(@Nullable RateLimit limit) {
    ceiling = limit;
  }

  private RateLimit admitted(RateLimit wanted) {
    RateLimit most = ceiling;
    if (most == null
        || (wanted.permits() <= most.permits()
            && window(wanted).compareTo(window(most)) >= 0
            && wanted.burst() <= most.burst())) {
      return wanted;
    }
    BigInteger asFast =
        BigInteger.valueOf(wanted.permits()).multiply(window(most)).divide(window(wanted));
    int permits =
        asFast.max(BigInteger.ONE).min(BigInteger.valueOf(most.permits())).intValueExact();
    return new RateLimit(permits, most.period(), Math.min(permits, most.burst()), most.margin());
  }

  /** Pauses until an end; {@link Long#MAX_VALUE} for until resumed. */
  void pause(long end) {
    pauseEnd = OptionalLong.of(Math.max(end, pauseEnd.orElse(end)));
  }

  void resume() {
    pauseEnd = OptionalLong.empty();
  }

  void forgetUntil(long time) {
    forgotten = OptionalLong.of(time);
  }

  /** Returns the time of the decision: if the clock goes back, the latest start. */
  long decisionTime(long now) {
    long latest = starts.isEmpty() ? forgotten.orElse(now) : starts.get(starts.size() - 1).at;
    return Math.max(now, latest);
  }

  int largestWeight() {
    return normal.permits();
  }

  RateLimit inForce(long now) {
    RateLimit highest = normal;
    for (Wish wish : wishes.values()) {
      RateLimit limit = admitted(wish.limit);
      boolean higher =
          isFaster(limit, highest)
              || (!highest.equals(normal)
                  && !isFaster(highest, limit)
                  && (limit.permits() > highest.permits()
                      || (limit.permits() == highest.permits()
                          && limit.burst() > highest.burst())));
      if (now < wish.end && isFaster(limit, normal) && higher) {
        highest = limit;
      }
    }
    return highest;
  }

  private static boolean isFaster(RateLimit one, RateLimit other) {
    BigInteger rate = BigInteger.valueOf(one.permits()).multiply(window(other));
    return rate.compareTo(BigInteger.valueOf(other.permits()).multiply(window(one))) > 0;
  }

  /** Returns the earliest start from now; empty during a pause without end. */
  OptionalLong earliest(long now, int weight) {
    long from = decisionTime(now);
    if (pauseEnd.isPresent() && pauseEnd.getAsLong() == Long.MAX_VALUE) {
      return OptionalLong.empty();
    }
    // Where an answer can change from no to yes: now, at the end of a pause or an emergency, when
    // something leaves a window, when a pace allows it.
    TreeSet<Long> moments = new TreeSet<>(List.of(from));
    pauseEnd.ifPresent(moments::add);
    wishes.values().forEach(wish -> moments.add(wish.end));
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
    List<RateLimit> limits = new ArrayList<>(List.of(normal));
    wishes.values().forEach(wish -> limits.add(admitted(wish.limit)));
    return limits;
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

  /** Returns the first whole microsecond that the pace allows. */
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

  /**
   * Returns the TAT under a limit; if the last start was under another one, as if all had been
   * under this one.
   */
  private @Nullable BigInteger scaledTat(RateLimit limit) {
    if (limit.equals(tatLimit)) {
      return scaledTat;
    }
    List<Start> known = remembered();
    // If there are more starts, the earlier ones count as having spent everything.
    List<Long> times = known.stream().map(Start::at).distinct().toList();
    long first =
        times.size() > MOST_REPLAYED ? times.get(times.size() - MOST_REPLAYED) : Long.MIN_VALUE;
    BigInteger tat = first == Long.MIN_VALUE ? null : BigInteger.TWO.pow(100);
    known = known.stream().filter(start -> start.at >= first).toList();
    for (int i = 0; i < known.size(); i++) {
      long at = known.get(i).at;
      int weight = known.get(i).weight;
      // Simultaneous starts count as one.
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
    // A start less than a microsecond late is not late: there is no earlier whole one.
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
    long longest =
        Stream.concat(
                Stream.of(normal),
                wishes.values().stream()
                    .filter(wish -> now < wish.end)
                    .map(wish -> admitted(wish.limit)))
            .mapToLong(l -> window(l).longValueExact())
            .max()
            .orElseThrow();
    List<Start> known = remembered();
    boolean inTheWay = known.stream().mapToLong(Start::weight).sum() > limit.permits();
    if (inTheWay || known.get(0).at <= now - longest - longest / 8) {
      known.stream()
          .mapToLong(Start::at)
          .filter(at -> at <= now - longest)
          .distinct()
          .sorted()
          .limit(MOST_FORGOTTEN)
          .max()
          .ifPresent(at -> forgotten = OptionalLong.of(at));
    }
  }

  private static BigInteger window(RateLimit limit) {
    return BigInteger.valueOf(limit.window().toNanos() / 1_000);
  }
}
