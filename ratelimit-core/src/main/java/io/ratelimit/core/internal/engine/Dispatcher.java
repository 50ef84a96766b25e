package io.ratelimit.core.internal.engine;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.engine.Acknowledging.Succeeded;
import io.ratelimit.core.queue.AckedAndTaken;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges attempts that succeeded and takes events for the free lanes, both in one
 * <em>flight</em> to the queue. Only one flight is under way at a time; what comes up in the
 * meantime goes with the next, which may begin while attempts of the previous one are still being
 * started. The thread that brings something flies itself, so a lane continues in its thread and
 * never waits for another.
 *
 * <p>A lane is free as soon as its attempt has succeeded, before the acknowledgment. While attempts
 * are brief, a flight also takes a bounded number of events {@linkplain Ahead ahead}, for which no
 * lane is free yet. Each lane that comes free gets the first of them and continues while the loop
 * takes more. Events that find no lane soon, because attempts have turned slow, are released.
 *
 * <p>{@link #run} is the task of one {@link Loop}, which alone waits for the limit: it asks the
 * queue again exactly when the queue said to, when something changed, or when a lane came free.
 * After a failed flight, only the loop flies until one of its flights succeeds, and lanes settle
 * their own attempts. Thread-safe.
 */
final class Dispatcher implements Loop.Task, Acknowledging {

  /**
   * The longest wait on an answer of the queue or for a free lane: a limit may have been raised and
   * the wake-up lost.
   */
  private static final Duration LONGEST_TRUST = Duration.ofSeconds(30);

  /** How long a stop waits for a flight. */
  private static final Duration LONGEST_FLIGHT = Duration.ofSeconds(5);

  /** The most attempts acknowledged in one flight. */
  private static final int MOST_ACKNOWLEDGED = 500;

  /** Makes the attempts at taken events. */
  interface Crew {
    /** Returns the most events that may be held beyond those in lanes. */
    int mostAhead();

    /** Returns whether an attempt takes less time than handing a flight to another thread. */
    boolean isQuick();

    /** Extends leases that are overdue, for example after the process was suspended. */
    void extendOverdue();

    /** Creates the attempt for an event, and holds the event from now on. */
    Attempt hold(Lease lease);

    /**
     * Starts an attempt. If that fails, releases its event, vacates the lane and throws.
     *
     * @param lane the lane, already occupied
     * @param isNext whether the calling thread has nothing else to do next
     */
    void start(Attempt attempt, Lane lane, boolean isNext);

    /** Releases the events of attempts that have no lane. */
    void giveBack(Collection<Attempt> attempts);

    /** Calls {@link #look} every 2 ms from now on, as long as something waits. */
    void lookAfter();

    /**
     * Returns whether the calling thread will soon call {@link #fly} or bring another attempt to
     * acknowledge; {@link #look} is called until then.
     */
    boolean goesOn();

    /** Concludes an attempt that was acknowledged. */
    void acknowledged(Succeeded succeeded, Settlement settlement);

    /** Settles an attempt whose acknowledgment may not have reached the queue. */
    void unheard(Succeeded succeeded, Throwable failure);
  }

  private final EventQueue queue;
  private final String worker;
  private final Supplier<String> requestIds;
  private final Duration lease;
  private final WantedTypes types;
  private final Lanes lanes;
  private final Crew crew;
  private final Runnable onWork;
  private final Runnable onDrained;
  private final Runnable onSooner;
  private final Waiting landing;
  private final Time time;
  private final Object lock = new Object();
  // All of these are guarded by the lock.
  private final Deque<Succeeded> succeeded = new ArrayDeque<>();
  private final Ahead ahead = new Ahead();
  private final Pace pace;
  private int wantedAhead;
  // Whether the loop has been asked to fly.
  private boolean isCalled;
  private @Nullable Asked unanswered;
  private Instant askAgainAt = Instant.MIN;
  private Instant loopRunsAt = Instant.MIN;
  private boolean flying;
  private long flights;
  private long flightsAtLook;
  private boolean onlyLoopFlies;
  private @Nullable Throwable failedInLane;
  private boolean stopped;
  private volatile boolean changed;
  private volatile boolean foundNothing;
  private volatile Optional<Instant> answeredAt = Optional.empty();
  private volatile Optional<Instant> takenAt = Optional.empty();

  /**
   * A request for events.
   *
   * @param lanes how many free lanes it is for; other events are taken ahead
   */
  private record Asked(TakeRequest request, int lanes) {}

  /** An attempt and the lane that is occupied for it. */
  private record Start(Attempt attempt, Lane lane) {}

  /**
   * What follows from an answer to a request.
   *
   * @param unmade the attempts whose events came after the stop
   * @param waits whether events wait ahead
   * @param hasMore whether another flight is needed
   */
  private record Arrival(
      TakeResult result, List<Start> starts, List<Attempt> unmade, boolean waits, boolean hasMore) {

    /** Returns whether the thread that brought it can make one of the attempts. */
    boolean leavesTime() {
      return !hasMore && !starts.isEmpty();
    }
  }

  /**
   * @param pace not shared with other dispatchers
   * @param onWork called when events wait or were taken
   * @param onDrained called when nothing is unfinished
   * @param onSooner called when the loop has to run earlier than {@link #run} returned
   */
  Dispatcher(
      EventQueue queue,
      String worker,
      Supplier<String> requestIds,
      Duration lease,
      WantedTypes types,
      Lanes lanes,
      Pace pace,
      Crew crew,
      Runnable onWork,
      Runnable onDrained,
      Runnable onSooner) {
    this.queue = queue;
    this.worker = worker;
    this.requestIds = requestIds;
    this.lease = lease;
    this.types = types;
    this.lanes = lanes;
    this.pace = pace;
    this.crew = crew;
    this.onWork = onWork;
    this.onDrained = onDrained;
    this.onSooner = onSooner;
    this.time = queue.time();
    this.landing = new Waiting(time);
  }

  /** Notes that the queue may have events now that it did not have before. */
  void queueChanged() {
    changed = true;
  }

  /**
   * Notes that a lane came free. If the queue was empty, that lane's attempt may have changed it.
   */
  void laneVacated() {
    if (foundNothing) {
      changed = true;
    }
    flyFromLane(startNext());
  }

  @Override
  public boolean accept(Succeeded done) {
    boolean isLate;
    boolean calls;
    Start next;
    synchronized (lock) {
      if (isGrounded()) {
        return false;
      }
      succeeded.addLast(done);
      pace.succeeded(done.processing());
      next = goOn(done.attempt().lane());
      isLate = stopped;
      calls = next != null && !flying && !isCalled && !crew.isQuick() && isLow(time.now());
      isCalled |= calls;
    }
    if (next != null) {
      start(next);
    }
    // After the loop has ended, nobody looks after what is left.
    if (isLate || !crew.goesOn()) {
      flyFromLane();
    } else if (calls) {
      onSooner.run();
    }
    return true;
  }

  /** Gives a lane the next attempt taken ahead, or vacates it. Called with the lock held. */
  private @Nullable Start goOn(Lane lane) {
    if (!ahead.isEmpty() && lanes.mayGoOn()) {
      return new Start(requireNonNull(ahead.poll()), lane);
    }
    lanes.vacate(lane);
    return null;
  }

  /**
   * Returns whether a flight should take more events ahead: few are left, and the queue may have
   * some. Called with the lock held.
   */
  private boolean isLow(Instant now) {
    return wantedAhead > 0
        && 2 * ahead.size() <= wantedAhead
        && (changed || !askAgainAt.isAfter(now));
  }

  /**
   * Starts the next attempt taken ahead if a lane is free, in the calling thread if possible.
   *
   * @return whether it started one
   */
  private boolean startNext() {
    Start next;
    synchronized (lock) {
      next = nextStart();
    }
    if (next != null) {
      start(next);
    }
    return next != null;
  }

  /**
   * Returns the next attempt taken ahead and a lane for it; null if either is missing. Called with
   * the lock held.
   */
  private @Nullable Start nextStart() {
    if (ahead.isEmpty()) {
      return null;
    }
    Lane lane = lanes.occupyReady();
    return lane == null ? null : new Start(requireNonNull(ahead.poll()), lane);
  }

  private void start(Start next) {
    try {
      crew.start(next.attempt, next.lane, true);
    } catch (RuntimeException | Error failure) {
      failInLane(failure);
      onSooner.run();
    }
  }

  /** Leaves a failure to the loop, which reports it and tries again. */
  private void failInLane(Throwable failure) {
    synchronized (lock) {
      onlyLoopFlies = true;
      failedInLane = failure;
      changed = true;
    }
  }

  /** Acknowledges what was left to the calling thread, which has nothing else to do. */
  void fly() {
    synchronized (lock) {
      if (succeeded.isEmpty()) {
        return;
      }
    }
    flyFromLane();
  }

  /**
   * Makes the loop fly if attempts have waited for their acknowledgment since the previous call,
   * and releases the events taken ahead if they have waited too long.
   *
   * @return whether something waits
   */
  boolean look() {
    boolean isStuck;
    boolean waits;
    List<Attempt> overdue;
    synchronized (lock) {
      overdue = ahead.look();
      if (!overdue.isEmpty()) {
        pace.expectSlow();
        wantedAhead = 0;
      }
      waits = !succeeded.isEmpty() || !ahead.isEmpty();
      isStuck = !succeeded.isEmpty() && !flying && flights == flightsAtLook;
      isCalled |= isStuck;
      flightsAtLook = flights;
    }
    if (isStuck || !overdue.isEmpty()) {
      onSooner.run();
    }
    if (!overdue.isEmpty()) {
      crew.giveBack(overdue);
    }
    return waits;
  }

  Optional<Instant> answeredAt() {
    return answeredAt;
  }

  Optional<Instant> takenAt() {
    return takenAt;
  }

  /**
   * Stops taking events, releases those taken ahead, and waits for the flight under way. Still
   * acknowledges attempts.
   */
  void stop() {
    List<Attempt> unmade;
    synchronized (lock) {
      stopped = true;
      unmade = ahead.clear();
    }
    if (!unmade.isEmpty()) {
      crew.giveBack(unmade);
    }
    landing.until(time.now().plus(LONGEST_FLIGHT), () -> !isFlying());
    flyFromLane();
  }

  private boolean isFlying() {
    synchronized (lock) {
      return flying;
    }
  }

  @Override
  public Instant run() {
    startAll();
    Flight flight;
    synchronized (lock) {
      Throwable failure = failedInLane;
      failedInLane = null;
      if (failure != null) {
        FirstFailure.rethrow(failure);
      }
      Instant now = time.now();
      flight = flying ? null : next(now, true);
      if (flight == null) {
        return untilThen(now);
      }
      // If this flight fails, a lane's flight that does not fail wakes the loop at once.
      loopRunsAt = Instant.MAX;
    }
    boolean unused = flight.go(false);
    synchronized (lock) {
      if (!stopped) {
        return untilThen(time.now());
      }
    }
    // The loop will not run again, and lanes may have left attempts to this thread.
    flyFromLane();
    return Instant.MAX;
  }

  /** Starts attempts taken ahead in the lanes that are free now. */
  private void startAll() {
    Start next;
    do {
      synchronized (lock) {
        next = nextStart();
      }
      if (next != null) {
        crew.start(next.attempt, next.lane, false);
      }
    } while (next != null);
  }

  /** Returns when the loop has to run next, and remembers it. Called with the lock held. */
  private Instant untilThen(Instant now) {
    // The flying thread wakes the loop if it has to run earlier.
    Instant latest = now.plus(LONGEST_TRUST);
    loopRunsAt = flying ? latest : earlier(runsAt(now), latest);
    return loopRunsAt;
  }

  /**
   * Returns when there may be an event for a lane or an attempt to settle. Called with the lock
   * held.
   */
  private Instant runsAt(Instant now) {
    if (stopped) {
      return Instant.MAX;
    }
    // While events are ahead, a change matters only once they are few.
    if (failedInLane != null || (changed && ahead.isEmpty()) || isDue(now)) {
      return now;
    }
    return askAgainAt.isAfter(now)
        ? askAgainAt
        : lanes.untilReady().map(now::plus).orElse(Instant.MAX);
  }

  /**
   * Returns whether to settle attempts or take events ahead now, before anybody looks after them.
   * Called with the lock held.
   */
  private boolean isDue(Instant now) {
    return isCalled || isLow(now) || (!succeeded.isEmpty() && (stopped || ahead.isEmpty()));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private void flyFromLane() {
    flyFromLane(false);
  }

  /**
   * Flies until there is nothing to do, or the calling thread has an attempt to make.
   *
   * @param hasAttempt whether it has one now, so that the loop must fly
   */
  private void flyFromLane(boolean hasAttempt) {
    boolean sooner = false;
    boolean hasNext = hasAttempt;
    while (true) {
      Flight flight;
      synchronized (lock) {
        Instant now = time.now();
        flight = hasNext || flying || isGrounded() ? null : next(now, false);
        if (flight == null) {
          sooner = isGrounded() || (!flying && runsAt(now).isBefore(loopRunsAt));
          break;
        }
      }
      try {
        hasNext = flight.go(true);
      } catch (RuntimeException | Error failure) {
        failInLane(failure);
      }
    }
    if (sooner) {
      onSooner.run();
    }
  }

  private boolean isGrounded() {
    return onlyLoopFlies && !stopped;
  }

  /** Returns the flight to make now; null if there is nothing to do. Called with the lock held. */
  private @Nullable Flight next(Instant now, boolean isLoop) {
    if (!ahead.isEmpty() && !stopped && !isCalled && !isLow(now)) {
      return null;
    }
    isCalled = false;
    if (changed) {
      changed = false;
      askAgainAt = Instant.MIN;
    }
    List<Succeeded> done = new ArrayList<>(Math.min(succeeded.size(), MOST_ACKNOWLEDGED));
    while (done.size() < MOST_ACKNOWLEDGED && !succeeded.isEmpty()) {
      done.add(succeeded.removeFirst());
    }
    if (!done.isEmpty() && foundNothing) {
      askAgainAt = Instant.MIN;
    }
    List<Lane> ready = List.of();
    int more = 0;
    if (!stopped && !askAgainAt.isAfter(now)) {
      // Free lanes get what was taken ahead before.
      ready = ahead.isEmpty() ? lanes.ready() : ready;
      // Attempts that this flight has no room to acknowledge count as if they were in a lane.
      ready = ready.subList(0, Math.max(0, ready.size() - succeeded.size()));
      more = moreAhead(now, !ready.isEmpty());
    }
    if (done.isEmpty() && ready.isEmpty() && more == 0) {
      return null;
    }
    flying = true;
    flights++;
    TakeRequest request = ready.isEmpty() && more == 0 ? null : request(ready.size(), more);
    return new Flight(done, ready, request, isLoop);
  }

  /** Returns how many more events to take ahead. Called with the lock held. */
  private int moreAhead(Instant now, boolean isReady) {
    boolean hasLanes = isReady || (lanes.busy() > 0 && lanes.mayGoOn());
    wantedAhead = hasLanes ? Math.min(pace.ahead(now), crew.mostAhead()) : 0;
    // An unanswered request waits for its lanes.
    boolean mayAsk = isReady || unanswered == null || unanswered.lanes == 0;
    return mayAsk && succeeded.isEmpty() ? Math.max(0, wantedAhead - ahead.size()) : 0;
  }

  private TakeRequest request(int ready, int more) {
    Asked asked = unanswered;
    // Repeat an unanswered request unchanged, so that it is granted only once.
    if (asked == null || asked.lanes > ready) {
      int wanted = Math.min(ready + more, TakeRequest.MAX_EVENTS);
      asked = new Asked(new TakeRequest(requestIds.get(), worker, wanted, lease, types), ready);
      unanswered = asked;
    }
    return asked.request;
  }

  /** Returns whether a thread that lands now should fly again. Called with the lock held. */
  private boolean hasMore(Instant now) {
    return isDue(now) || (!stopped && (changed || !askAgainAt.isAfter(now)) && lanes.isReady());
  }

  /** One call to the queue, and what follows from it. */
  private final class Flight {
    private final List<Succeeded> done;
    private final List<Lane> ready;
    private final @Nullable TakeRequest request;
    private final boolean isLoop;

    Flight(List<Succeeded> done, List<Lane> ready, @Nullable TakeRequest request, boolean isLoop) {
      this.done = done;
      this.ready = ready;
      this.request = request;
      this.isLoop = isLoop;
    }

    /**
     * Asks the queue, lands, and then does what follows from the answer, while others may already
     * fly.
     *
     * @param goesOn whether the calling thread belongs to a lane and may make an attempt afterward
     * @return whether it has an attempt to make
     */
    boolean go(boolean goesOn) {
      AckedAndTaken result = askOrFail();
      FirstFailure failure = new FirstFailure();
      Optional<Arrival> arrival = Optional.empty();
      try {
        arrival = result.taken().filter(taken -> request != null).map(this::arrive);
      } catch (RuntimeException | Error unheld) {
        failure.keep(unheld);
      } finally {
        land(true);
      }
      arrival.filter(Arrival::waits).ifPresent(arrived -> crew.lookAfter());
      try {
        conclude(result);
      } catch (RuntimeException | Error thrown) {
        failure.keep(thrown);
      }
      boolean isNext = goesOn && arrival.filter(Arrival::leavesTime).isPresent();
      arrival.ifPresent(arrived -> failure.keep(() -> begin(arrived, isNext)));
      failure.rethrow();
      return isNext;
    }

    /** Asks the queue. After a failure, lands only when the lanes concerned are withheld. */
    private AckedAndTaken askOrFail() {
      boolean answered = false;
      try {
        AckedAndTaken result = ask();
        answered = result.failure().isEmpty();
        if (!answered) {
          conclude(result);
          throw result.failure().orElseThrow();
        }
        return result;
      } finally {
        if (!answered) {
          land(false);
        }
      }
    }

    private AckedAndTaken ask() {
      List<Lease> leases = new ArrayList<>(done.size());
      for (Succeeded each : done) {
        leases.add(each.attempt().lease());
      }
      try {
        if (request == null) {
          List<Settlement> acked =
              leases.size() == 1 ? List.of(queue.ack(leases.get(0))) : queue.ackAll(leases);
          return new AckedAndTaken(
              acked, Optional.of(new TakeResult.Empty(Optional.empty())), Optional.empty());
        }
        crew.extendOverdue();
        return leases.isEmpty()
            ? new AckedAndTaken(List.of(), Optional.of(queue.take(request)), Optional.empty())
            : queue.ackAndTake(leases, request);
      } catch (RuntimeException | Error failure) {
        done.forEach(each -> crew.unheard(each, failure));
        throw failure;
      }
    }

    private void conclude(AckedAndTaken result) {
      List<Settlement> acked = result.acked();
      FirstFailure failure = new FirstFailure();
      for (int i = 0; i < done.size(); i++) {
        Succeeded each = done.get(i);
        if (i < acked.size()) {
          Settlement settlement = acked.get(i);
          failure.keep(() -> crew.acknowledged(each, settlement));
        } else {
          crew.unheard(each, result.failure().orElseThrow());
        }
      }
      failure.rethrow();
    }

    private Arrival arrive(TakeResult result) {
      Instant now = time.now();
      answeredAt = Optional.of(now);
      List<Lease> leases = result instanceof TakeResult.Taken taken ? taken.leases() : List.of();
      TakeResult rest = result;
      if (result instanceof TakeResult.Taken taken) {
        takenAt = answeredAt;
        rest = taken.rest().orElse(result);
      }
      foundNothing = rest instanceof TakeResult.Empty;
      List<Attempt> attempts = new ArrayList<>(leases.size());
      for (Lease each : leases) {
        attempts.add(crew.hold(each));
      }
      synchronized (lock) {
        unanswered = null;
        Instant again = result.askAgainAt(now, queue.pollInterval());
        askAgainAt = earlier(again, now.plus(LONGEST_TRUST));
        List<Start> starts = starts(attempts);
        List<Attempt> unmade = stopped ? ahead.clear() : List.of();
        return new Arrival(result, starts, unmade, !ahead.isEmpty(), hasMore(now));
      }
    }

    private void begin(Arrival arrival, boolean isNext) {
      if (!arrival.unmade.isEmpty()) {
        crew.giveBack(arrival.unmade);
      }
      if (!(arrival.result instanceof TakeResult.Empty)) {
        onWork.run();
      }
      startAll(arrival.starts, isNext);
      if (arrival.result instanceof TakeResult.Empty empty && empty.nextDue().isEmpty()) {
        onDrained.run();
      }
    }

    /**
     * Returns the attempts that have a lane now; the others wait for one. Called with the lock
     * held.
     */
    private List<Start> starts(List<Attempt> attempts) {
      int now = Math.min(attempts.size(), ready.size());
      List<Start> starts = new ArrayList<>(now);
      for (int i = 0; i < now; i++) {
        Lane lane = ready.get(i);
        lanes.occupy(lane);
        starts.add(new Start(attempts.get(i), lane));
      }
      ahead.add(attempts.subList(now, attempts.size()));
      // Other lanes may have come free in the meantime.
      for (Start next = nextStart(); next != null; next = nextStart()) {
        starts.add(next);
      }
      return starts;
    }

    private void startAll(List<Start> starts, boolean isNext) {
      FirstFailure failure = new FirstFailure();
      for (int i = 0; i < starts.size(); i++) {
        Start start = starts.get(i);
        boolean here = isNext && i == 0;
        // An attempt that cannot start is released; the others do not wait for it.
        failure.keep(() -> crew.start(start.attempt, start.lane, here));
      }
      failure.rethrow();
    }

    private void land(boolean landed) {
      synchronized (lock) {
        flying = false;
        if (landed && isLoop) {
          onlyLoopFlies = false;
        } else if (!landed && !isLoop) {
          onlyLoopFlies = true;
        }
      }
      landing.lookAgain();
    }
  }
}
