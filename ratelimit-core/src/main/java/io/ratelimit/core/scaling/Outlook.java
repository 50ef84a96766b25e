package io.ratelimit.core.scaling;

import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the remaining work loads of the limit and of the workers: the one place where policies and
 * the planner learn how probable it is that the deadline is met.
 *
 * <p>The first attempts start one after the other, by priority, as fast as the limit and the
 * workers let them; each retry of an earlier one takes a further start. The last ones of each
 * priority then end within their chains: an attempt may be slow, and may fail and be made again
 * after its back-off. Nothing starts before the limit's next start. Each named limit adds for how
 * long it holds the events of one of its keys back at most, see {@link Hold}.
 *
 * <p>Pure. Where nothing is left to chance, a probability is 0 or 1.
 */
public final class Outlook {

  /** The error of sums of doubles, in seconds. */
  static final double INEXACT = 1e-6;

  private static final int PRIORITIES = Priority.values().length;

  /** A value that exceeds a whole number only by rounding errors does not count as one more. */
  private static final double ROUNDING = 1e-12;

  /** The precision of a projected finish: this many halvings of the tail. */
  private static final int HALVINGS = 8;

  private static final double MUCH_LONGER = 1.5;

  /** The share of the risk reserved for retries under named limits. */
  private static final double HOLDS_RISK = 0.1;

  /**
   * The work of a priority and all more urgent ones.
   *
   * @param events the number of first attempts up to its last one
   * @param here the number of its own events among them
   * @param lightest the smallest cost of the last start
   * @param retries the number of retries up to then
   * @param last the chains of its longest event
   * @param others the chains of any of its events
   */
  private record Stage(
      double events,
      double here,
      double lightest,
      double meanPermits,
      List<Workload.Group> groups,
      Retries retries,
      Chains last,
      Chains others) {}

  private final ScalingInput input;
  private final Expectations expected;
  private final double left;
  private final double z;
  private final List<Stage> stages = new ArrayList<>();
  private final List<Workload.Group> waiting = new ArrayList<>();
  private final Retries allRetries;
  private final Chains inFlight;
  private final double meanSeconds;
  private final List<Hold> holds;
  private final double held;
  private final double expectedHeld;
  private final double holdsRisk;
  private final OptionalInt feeds;

  private Outlook(ScalingInput input) {
    this.input = input;
    Workload work = input.waiting();
    this.expected = work.seen(input.expectations());
    this.left = Workload.seconds(input.timeLeft());
    this.z = Normal.quantile(input.confidence().share());
    double events = 0;
    double permits = 0;
    Retries retries = Retries.of((double) input.inFlight(), expected);
    for (int priority = 0; priority < PRIORITIES; priority++) {
      List<Workload.Group> groups = work.groups(priority);
      if (!groups.isEmpty()) {
        double here = 0;
        double herePermits = 0;
        for (Workload.Group group : groups) {
          here += group.events();
          herePermits += group.permits();
        }
        waiting.addAll(groups);
        events += here;
        permits += herePermits;
        retries = Retries.of(events + input.inFlight(), expected);
        stages.add(
            new Stage(
                events,
                here,
                Math.max(1, herePermits - (here - 1) * work.heaviest()),
                permits / events,
                List.copyOf(waiting),
                retries,
                Chains.of(groups.subList(0, 1), expected),
                Chains.of(groups, expected)));
      }
    }
    this.allRetries = retries;
    double mean = 0;
    for (Workload.Group group : waiting) {
      mean += group.meanSeconds(expected) * group.events();
    }
    this.meanSeconds = waiting.isEmpty() ? usual().meanSeconds(expected) : mean / events;
    this.inFlight = Chains.of(waiting.isEmpty() ? List.of(usual()) : waiting, expected);
    this.holds = holds(input.confidence().risk() * HOLDS_RISK / Math.max(1, input.loads().size()));
    this.held = sum(holds);
    this.feeds = namedLimitsFeed();
    this.expectedHeld = sum(holds(1));
    this.holdsRisk =
        input.loads().isEmpty() || expected.areCertain()
            ? 0
            : input.confidence().risk() * HOLDS_RISK;
  }

  private List<Hold> holds(double risk) {
    List<Hold> found = new ArrayList<>();
    for (LimitLoad load : input.loads()) {
      found.add(Hold.of(load, attemptsAt(risk)));
    }
    return found;
  }

  /**
   * Returns the attempts to assume: which types wait for which key is unknown, so all may be the
   * longest.
   */
  private Hold.Attempts attemptsAt(double risk) {
    double longest = 0;
    double variance = 0;
    for (Workload.Group group : waiting.isEmpty() ? List.of(usual()) : waiting) {
      double share = group.slowShare(expected);
      double off = group.slowSeconds(expected) - group.seconds();
      longest = Math.max(longest, group.meanSeconds(expected));
      variance = Math.max(variance, off * off * share * (1 - share));
    }
    return new Hold.Attempts(input, expected, longest, variance, risk);
  }

  private static double sum(List<Hold> holds) {
    return holds.stream().mapToDouble(Hold::seconds).sum();
  }

  /** Returns whether no unexamined key of a named limit can miss the deadline. */
  boolean knowsKeys() {
    return holds.stream().allMatch(Hold::isKnown);
  }

  /**
   * Returns the key of a named limit that holds the work back most, if it does for longer than the
   * queue's own limit and so many workers.
   */
  public Optional<LimitKey> binding(RateLimit limit, int workers) {
    Hold longest = null;
    for (Hold hold : holds) {
      longest = longest == null || hold.seconds() > longest.seconds() ? hold : longest;
    }
    if (longest == null || longest.seconds() <= lastFirstStart(limit, workers) - expectedHeld) {
      return Optional.empty();
    }
    return longest.key();
  }

  /** Returns whether the named limits miss the deadline, whatever the queue's own limit. */
  boolean namedLimitsMiss() {
    return held > 0 && held + tail() > left;
  }

  /** Returns the longest time of the last attempt, in seconds. */
  private double tail() {
    double tail = 0;
    for (Stage stage : stages) {
      tail = Math.max(tail, Math.max(stage.last().longest(0), stage.others().longest(0)));
    }
    return tail;
  }

  /**
   * Returns how long until all is done if a named limit were the only thing that holds the work
   * back.
   */
  public Duration finish(LimitLoad load) {
    return Seconds.toDuration(
        Hold.of(load, attemptsAt(input.confidence().risk())).seconds() + tail());
  }

  /** Returns the key of a named limit that holds the work back longest, if one does. */
  public Optional<LimitKey> slowestKey(LimitLoad load) {
    return Hold.of(load, attemptsAt(input.confidence().risk())).key();
  }

  /**
   * Returns the lowest windows of a named limit, each of its length and not below its own, with
   * which it could be the only thing that holds the work back and the deadline were met; empty
   * where none could.
   */
  public Optional<List<RateLimit>> neededWindows(LimitLoad load) {
    List<RateLimit> windows = load.settings().limit().windows();
    List<RateLimit> most =
        windows.stream().map(window -> window.withPermits(RateLimit.MAX_PERMITS)).toList();
    Hold.Attempts attempts = attemptsAt(input.confidence().risk());
    double room = left - tail();
    return NamedRaise.lowest(
        windows, most, each -> Hold.of(load.under(each), attempts).seconds() <= room);
  }

  /** Returns the group of an unknown event. */
  private Workload.Group usual() {
    return new Workload.Group(1, 1, input.waiting().meanSeconds(), Optional.empty());
  }

  /** Returns the outlook of a situation. */
  public static Outlook of(ScalingInput input) {
    return new Outlook(input);
  }

  /**
   * Returns how probable it is that the deadline is met under a limit from now on with so many
   * workers, 0 to 1.
   */
  public double confidence(RateLimit limit, int workers) {
    return 1 - risk(limit, workers);
  }

  /** Returns the probability of missing the deadline. */
  double risk(RateLimit limit, int workers) {
    return risk(limit, workers, left);
  }

  private double risk(RateLimit limit, int workers, double seconds) {
    double first = firstStart(limit);
    double met = 1 - holdsRisk;
    for (Stage stage : stages) {
      met *= 1 - risk(stage, limit, workers, seconds);
    }
    if (input.inFlight() > 0) {
      double interval = interval(limit);
      // A retry waits at least until the next start is allowed.
      double open = Math.max(first, windowHolds(limit, input.waiting().heaviest()));
      double wait = Math.max(interval, open - meanSeconds - expected.backoff().seconds(1));
      double late =
          inFlight.late(seconds + sinceLatestStart(), interval, (double) input.inFlight(), wait);
      met *= Math.exp(-late);
      // Certainly late.
      met = late >= input.inFlight() * (1 - ROUNDING) ? 0 : met;
    }
    return 1 - met;
  }

  private double risk(Stage stage, RateLimit limit, int workers, double seconds) {
    double interval = interval(limit);
    double stream = firstStart(limit) + stream(stage, interval, workers);
    double permits = stage.events() * stage.meanPermits();
    double perRetry = perRetry(stage, limit, workers);
    // A retry is taken first, but comes due anywhere in an interval.
    double wait = perRetry / 2;
    double longest = Math.max(stage.last().longest(wait), stage.others().longest(wait));
    double sum = 0;
    for (int i = stage.retries().size() - 1; i >= 0; i--) {
      double retries = stage.retries().value(i);
      double last =
          held
              + Math.max(
                  stream + retries * perRetry,
                  windowHolds(limit, permits + retries * stage.meanPermits()));
      double rest = seconds - last;
      if (rest >= longest) {
        break;
      }
      double lastLate = Math.min(1, stage.last().late(rest, interval, 1, wait));
      double othersLate = stage.others().late(rest + perRetry, perRetry, stage.here() - 1, wait);
      sum += stage.retries().probability(i) * (1 - (1 - lastLate) * Math.exp(-othersLate));
    }
    return Math.min(1, sum);
  }

  /**
   * Returns the seconds from the first to the last first attempt. While all workers are busy with
   * events of one kind, a start waits for one of them: the next is after processing time / workers,
   * unless the limit delays it more (a fluid limit: in whatever order the kinds come).
   */
  private double stream(Stage stage, double interval, int allowed) {
    int workers = neverAllBusy(allowed);
    if (isOneKindFromIdle(stage)) {
      return inTurns(stage.groups().get(0), interval, workers);
    }
    double sum = 0;
    double variance = 0;
    boolean bound = input.inFlight() >= workers;
    // Each of them finds an idle worker, whenever the limit lets it start.
    boolean enough = stage.events() + input.inFlight() <= workers;
    double last = stage.lightest() * interval;
    for (Workload.Group group : stage.groups()) {
      double paced = group.permits() * interval;
      double busy = group.events() * group.meanSeconds(expected) / workers;
      if (!enough && busy > paced * (1 + ROUNDING)) {
        double share = group.slowShare(expected);
        double more = (group.slowSeconds(expected) - group.seconds()) / workers;
        variance += group.events() * share * (1 - share) * more * more;
        sum += busy;
        bound = true;
      } else {
        sum += paced;
      }
    }
    double before = bound ? input.inFlight() * meanSeconds / workers : 0;
    return Math.max(0, sum - last) + before + z * Math.sqrt(variance);
  }

  /**
   * Returns the number of workers, or more than are ever needed if named limits keep some of them
   * idle.
   */
  private int neverAllBusy(int workers) {
    boolean never = feeds.isPresent() && feeds.getAsInt() + (double) input.inFlight() <= workers;
    return never ? Integer.MAX_VALUE : workers;
  }

  private boolean isOneKindFromIdle(Stage stage) {
    return expected.areCertain() && input.inFlight() == 0 && stage.groups().size() == 1;
  }

  /**
   * Returns the seconds for events of one kind: the workers take them in turns, each paced like the
   * first.
   */
  private double inTurns(Workload.Group group, double interval, int workers) {
    double each = group.permits() / group.events() * interval;
    double turn = Math.max(group.meanSeconds(expected), workers * each);
    double turns = Math.floor((group.events() - 1) / workers);
    return turns * turn + (group.events() - 1 - turns * workers) * each;
  }

  /** Returns the seconds until a limit allows a start, as far as is known. */
  private double firstStart(RateLimit limit) {
    double paced = Math.max(0, limit.secondsPerPermit() - sinceLatestStart());
    double held = input.nextStart().map(this::until).orElse(0.0);
    RateLimit inForce = input.limitInForce();
    double byPace = inForce.secondsPerPermit() * input.waiting().heaviest() - sinceLatestStart();
    if (held <= byPace + INEXACT) {
      return paced;
    }
    // A window that is full under one limit has room sooner under a faster one. A pause, or a
    // forgotten past, holds under any limit.
    boolean byWindow = !hasRoom(inForce) && held <= opens(inForce, inForce.permits()) + INEXACT;
    if (!byWindow) {
      return Math.max(paced, held);
    }
    double opens = hasRoom(limit) ? 0 : Math.min(held, opens(limit, limit.permits()));
    return Math.max(paced, opens);
  }

  /** Returns whether the starts in the window of the limit in force leave room under a limit. */
  private boolean hasRoom(RateLimit limit) {
    return input.startsInWindow() + input.waiting().heaviest() <= limit.permits()
        && isCounted(limit);
  }

  /** Returns whether a limit counts no other starts than the known ones. */
  private boolean isCounted(RateLimit limit) {
    return limit.window().compareTo(input.limitInForce().window()) <= 0;
  }

  /**
   * Returns the seconds until the window of a limit allows the last of some permits to be spent,
   * given the earlier starts.
   */
  private double windowHolds(RateLimit limit, double permits) {
    RateLimit inForce = input.limitInForce();
    if (!inForce.isFasterThan(limit)) {
      return burstHolds(limit, permits);
    }
    double started =
        isCounted(limit) ? Math.min(input.startsInWindow(), limit.permits()) : limit.permits();
    double room = limit.permits() - started;
    if (permits <= room) {
      return 0;
    }
    double more = Math.max(0, permits - room - input.waiting().heaviest());
    return Math.max(0, opens(limit, started)) + more * interval(limit);
  }

  /**
   * Returns the same for a limit that is at least as fast as the one in force: an earlier burst
   * fills its window sooner than the pace does, and delays the last permits of the window longer.
   * Each further window's worth of permits is a window later.
   */
  private double burstHolds(RateLimit limit, double permits) {
    double all = Math.ceil(permits * (1 - ROUNDING));
    double windows = Math.floor((all - 1) / limit.permits());
    double ofLast = all - windows * limit.permits();
    double started = isCounted(limit) ? input.startsInWindow() : limit.permits();
    if (mostAtOnce() == 1 || started == 0 || ofLast + started <= limit.permits()) {
      return 0;
    }
    double newer = limit.permits() - ofLast + input.waiting().heaviest();
    return Math.max(0, windows * Workload.seconds(limit.window()) + opens(limit, newer));
  }

  /** Returns how many of the permits in the window may have been started at once. */
  private int mostAtOnce() {
    int inForce = input.limitInForce().burst();
    return input.emergencyLimit().map(most -> Math.max(most.burst(), inForce)).orElse(inForce);
  }

  /**
   * Returns the seconds until this many spent permits leave a limit's window room for the heaviest
   * event. They were spent, at the latest, as the fastest limit allows, up to the latest start.
   */
  private double opens(RateLimit limit, double started) {
    RateLimit inForce = input.limitInForce();
    RateLimit fastest =
        input.emergencyLimit().filter(most -> most.isFasterThan(inForce)).orElse(inForce);
    double apart = started - input.waiting().heaviest() - (mostAtOnce() - 1);
    double newest = Math.max(0, apart) * fastest.secondsPerPermit();
    return Workload.seconds(limit.window()) - newest - sinceLatestStart();
  }

  /**
   * Returns the seconds per permit. With weights above 1, the last permits of a window may be too
   * few for another event.
   */
  private double interval(RateLimit limit) {
    Workload work = input.waiting();
    int heaviest = work.heaviest();
    if (heaviest == 1) {
      return limit.secondsPerPermit();
    }
    boolean alike = work.permits() >= (double) work.events() * heaviest;
    int unused = alike ? limit.permits() % heaviest : heaviest - 1;
    int used = Math.max(1, limit.permits() - unused);
    return limit.secondsPerPermit() * limit.permits() / used;
  }

  private double sinceLatestStart() {
    return input.latestStart().map(latest -> Math.max(0, -until(latest))).orElse(1e12);
  }

  private double until(Instant instant) {
    return Workload.seconds(Duration.between(input.now(), instant));
  }

  /**
   * Returns the lowest limit, by permits per window, that meets the deadline at a risk with this
   * many workers and has room for the heaviest waiting event; empty if there is none.
   *
   * @param most the highest allowed limit
   */
  Optional<RateLimit> lowestLimit(RateLimit most, int workers, double risk) {
    int low = Math.max(input.waiting().heaviest(), 1);
    if (low > most.permits() || risk(most, workers) > risk) {
      return Optional.empty();
    }
    int high = most.permits();
    while (low < high) {
      int middle = low + (high - low) / 2;
      if (risk(most.withPermits(middle), workers) <= risk) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return Optional.of(most.withPermits(high));
  }

  /**
   * Returns whether this many workers never hold the work back under a limit, in whatever order it
   * comes. If more is in flight than the waiting kinds would ever have, those attempts are of
   * longer kinds and keep their workers for an unknown time.
   */
  boolean workersSuffice(RateLimit limit, int workers) {
    double most = 1;
    for (Workload.Group group : waiting) {
      double interval = group.permits() / group.events() * limit.secondsPerPermit();
      most = Math.max(most, Math.ceil(group.meanSeconds(expected) / interval * (1 - ROUNDING)));
    }
    double needed = most + limit.burst() - 1;
    double kept = input.inFlight() > needed ? input.inFlight() : 0;
    return needed + kept <= workers;
  }

  /**
   * Returns whether this many workers miss the deadline however fast the limit, and are so few that
   * a faster limit would hardly help: alone, they take much longer than the limit does.
   */
  boolean workersAreTooFew(RateLimit limit, int workers) {
    double alone = attempts() * meanSeconds / workers;
    return alone > left && alone > MUCH_LONGER * attempts() * secondsPerEvent(limit);
  }

  /** Returns how long from now until all is done, which is not exceeded with the confidence. */
  public Duration finish(RateLimit limit, int workers) {
    return Seconds.toDuration(finishSeconds(limit, workers));
  }

  /** Returns how long from now until the last attempt is expected to start. */
  public Duration lastStart(RateLimit limit, int workers) {
    return Seconds.toDuration(expectedLastStart(limit, workers));
  }

  /** Returns how many attempts are expected to end after the deadline. */
  public long late(RateLimit limit, int workers) {
    double over = expectedLastStart(limit, workers) + meanSeconds - left;
    double interval = Math.max(secondsPerEvent(limit), meanSeconds / workers);
    return (long) Math.min(attempts(), Math.max(0, Math.ceil(over / interval * (1 - ROUNDING))));
  }

  private double expectedLastStart(RateLimit limit, int workers) {
    double interval = Math.max(secondsPerEvent(limit), meanSeconds / workers);
    return lastFirstStart(limit, workers) + allRetries.mean() * interval;
  }

  /** Returns the seconds until the last first attempt starts. */
  private double lastFirstStart(RateLimit limit, int workers) {
    return stages.isEmpty()
        ? 0
        : expectedHeld - held + lastStart(stages.get(stages.size() - 1), limit, workers, 0);
  }

  private double lastStart(Stage stage, RateLimit limit, int workers, double retries) {
    double permits = (stage.events() + retries) * stage.meanPermits();
    return held
        + Math.max(
            firstStart(limit)
                + stream(stage, interval(limit), workers)
                + retries * perRetry(stage, limit, workers),
            windowHolds(limit, permits));
  }

  private double perRetry(Stage stage, RateLimit limit, int workers) {
    return Math.max(stage.meanPermits() * interval(limit), meanSeconds / neverAllBusy(workers));
  }

  /** Returns the seconds until all work is done, not exceeded with the confidence. */
  double finishSeconds(RateLimit limit, int workers) {
    double risk = input.confidence().risk();
    double low = 0;
    double high = 0;
    for (Stage stage : stages) {
      double wait = perRetry(stage, limit, workers);
      double tail = Math.max(stage.last().longest(wait), stage.others().longest(wait));
      double most = stage.retries().quantile(1);
      high = Math.max(high, lastStart(stage, limit, workers, most) + tail);
      low = Math.max(low, lastStart(stage, limit, workers, 0));
    }
    if (input.inFlight() > 0) {
      double open = Math.max(firstStart(limit), windowHolds(limit, input.waiting().heaviest()));
      high = Math.max(high, inFlight.longest(Math.max(interval(limit), open)));
    }
    if (expected.areCertain()) {
      return stages.isEmpty() ? high : certainFinish(limit, workers);
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (risk(limit, workers, middle) <= risk) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private double certainFinish(RateLimit limit, int workers) {
    double finish = 0;
    for (Stage stage : stages) {
      double last = lastStart(stage, limit, workers, 0);
      finish = Math.max(finish, last + stage.last().longest(0));
    }
    return finish;
  }

  /** Returns the total processing time of all attempts, not exceeded with the confidence. */
  double workSeconds() {
    double attempts = attempts() + input.inFlight();
    double slow = expected.slowRate() * (1 - expected.slowRate());
    double off = input.waiting().meanSeconds() * (expected.slowFactor() - 1);
    double deviation =
        Math.sqrt(allRetries.variance() * meanSeconds * meanSeconds + attempts * slow * off * off);
    return attempts * meanSeconds + z * deviation;
  }

  private double attempts() {
    double attempts = input.waiting().events() + allRetries.mean();
    return Math.ceil(attempts * (1 - ROUNDING));
  }

  /** Returns the expected time of one attempt. */
  double meanSeconds() {
    return meanSeconds;
  }

  /** Returns how many workers the work needs to finish in time, whatever the limit. */
  int requiredWorkers() {
    double work = workSeconds();
    int forBacklog = work == 0 ? 0 : left <= 0 ? Integer.MAX_VALUE : ceil(work / left);
    double attemptsPerMinute = input.arrivalsPerMinute() * expected.attemptsPerEvent();
    return Math.max(forBacklog, ceil(attemptsPerMinute / 60 * meanSeconds));
  }

  /** Returns how many workers a limit can feed: Little's law. */
  int rateLimitedWorkers(RateLimit limit) {
    int byOwn = Math.max(1, ceil(meanSeconds / secondsPerEvent(limit)));
    return Math.min(byOwn, feeds.orElse(byOwn));
  }

  /**
   * Returns the most workers that the named limits can feed, if one of them certainly applies to
   * each waiting event.
   */
  private OptionalInt namedLimitsFeed() {
    double slowest = 0;
    for (Workload.Group group : waiting) {
      slowest = Math.max(slowest, group.slowSeconds(expected));
    }
    OptionalInt fewest = OptionalInt.empty();
    for (LimitLoad load : input.loads()) {
      long cost = load.keys().stream().mapToLong(LimitLoad.Key::cost).sum();
      boolean holdsForAll =
          load.heaviest() == 1
              && load.otherKeys() == 0
              && load.uncounted() == 0
              && cost == input.waiting().events();
      if (holdsForAll && cost > 0) {
        double sum = 0;
        for (LimitLoad.Key key : load.keys()) {
          sum += atOnce(load, key, slowest);
        }
        int feeds = Math.max(1, ceil(sum));
        fewest = OptionalInt.of(Math.min(feeds, fewest.orElse(feeds)));
      }
    }
    return fewest;
  }

  /** Returns the most concurrent attempts of a key, if each takes this long. */
  private double atOnce(LimitLoad load, LimitLoad.Key key, double seconds) {
    double most =
        Math.min(
            (double) key.cost(), load.settings().limit().maxInFlight().orElse(Integer.MAX_VALUE));
    for (RateLimit window : load.settings().inForce(key.key().key(), input.now())) {
      most = Math.min(most, window.burst() + Math.floor(seconds / window.secondsPerPermit()));
    }
    return most;
  }

  /**
   * Returns how many workers a limit can feed if they get only the longest waiting events, as many
   * of them slow as the confidence requires. Existing workers may be busy with longer events that
   * were taken before; so many of them stay that the others are free.
   */
  int usefulWorkers(RateLimit limit) {
    double atOnce = limit.burst() - 1.0;
    double busy = 1;
    for (Workload.Group group : waiting) {
      double interval = group.permits() / group.events() * limit.secondsPerPermit();
      double slow =
          (group.slowSeconds(expected) - group.seconds()) / interval * group.slowShare(expected);
      // Poisson, as the sum of many rare ones, has the variance of its mean.
      double extra = slow == 0 ? 0 : Math.ceil(slow + z * Math.sqrt(slow));
      busy = Math.max(busy, Math.ceil(group.seconds() / interval * (1 - ROUNDING)) + extra);
    }
    double most = feeds.orElse(Integer.MAX_VALUE);
    long useful = (long) Math.min(Math.min(atOnce + busy, most), (double) input.waiting().events());
    long besideThoseInFlight = Math.min(useful + input.inFlight(), input.activeWorkers());
    return (int) Math.max(useful, besideThoseInFlight);
  }

  private double secondsPerEvent(RateLimit limit) {
    Workload work = input.waiting();
    double permits = work.isEmpty() ? 1 : work.permits() / work.events();
    return permits * interval(limit);
  }

  /** Returns the smallest whole number at or above a value, saturated to int. */
  static int ceil(double value) {
    return (int) Math.ceil(value * (1 - ROUNDING));
  }
}
