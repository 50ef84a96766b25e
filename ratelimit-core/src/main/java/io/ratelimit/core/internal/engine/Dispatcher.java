package io.ratelimit.core.internal.engine;

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
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges what succeeded and takes events for the free lanes, both in one <em>flight</em> to
 * the queue. One flight is on its way at a time; what comes meanwhile goes together with the next.
 * Whoever brings something flies, so that a lane goes on in the thread in which it was: nobody
 * waits for another thread.
 *
 * <p>{@link #run} is the task of one {@link Loop}, the only one to wait for the limit: it asks
 * again exactly when the queue said to, when something changed, or when a lane came free. After a
 * flight that failed only the loop takes, until one of its own succeeds, and lanes settle by
 * themselves. Thread-safe.
 */
final class Dispatcher implements Loop.Task, Acknowledging {

  /**
   * How long any answer is trusted, and that no lane is free: a limit may have been raised, and the
   * wake-up lost.
   */
  private static final Duration LONGEST_TRUST = Duration.ofSeconds(30);

  /** How long is waited for a flight in the end. */
  private static final Duration LONGEST_FLIGHT = Duration.ofSeconds(5);

  /** How many are acknowledged in one flight at most. */
  private static final int MOST_ACKNOWLEDGED = 500;

  /** Begins an attempt. */
  interface Starter {
    /**
     * Begins it, or gives its event back and throws.
     *
     * @param isNext whether the calling thread will have nothing else to do
     */
    void start(Lease lease, Lane lane, boolean isNext);
  }

  /** Who is told what became of what was accepted. */
  interface Settled {
    /** It was acknowledged. */
    void acknowledged(Succeeded succeeded, Settlement settlement);

    /** The queue may not have heard of it. */
    void unheard(Succeeded succeeded, Throwable failure);
  }

  private final EventQueue queue;
  private final String worker;
  private final Supplier<String> requestIds;
  private final Duration lease;
  private final WantedTypes types;
  private final Lanes lanes;
  private final Starter starter;
  private final Settled settled;
  private final BooleanSupplier goesOn;
  private final Runnable beforeTake;
  private final Runnable onWork;
  private final Runnable onDrained;
  private final Runnable onSooner;
  private final Waiting landing;
  private final Time time;
  private final Object lock = new Object();
  // Guarded by the lock, all of them.
  private final Deque<Succeeded> succeeded = new ArrayDeque<>();
  private Optional<TakeRequest> unanswered = Optional.empty();
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
   * @param goesOn whether the calling thread comes back soon, with {@link #fly} or something more
   *     to acknowledge, and {@link #look} is called until then
   * @param beforeTake is called before each take
   * @param onWork is called when something waits or was taken
   * @param onDrained is called when nothing is unfinished
   * @param onSooner is called when the loop has to run before the time that it was told
   */
  Dispatcher(
      EventQueue queue,
      String worker,
      Supplier<String> requestIds,
      Duration lease,
      WantedTypes types,
      Lanes lanes,
      Starter starter,
      Settled settled,
      BooleanSupplier goesOn,
      Runnable beforeTake,
      Runnable onWork,
      Runnable onDrained,
      Runnable onSooner) {
    this.queue = queue;
    this.worker = worker;
    this.requestIds = requestIds;
    this.lease = lease;
    this.types = types;
    this.lanes = lanes;
    this.starter = starter;
    this.settled = settled;
    this.goesOn = goesOn;
    this.beforeTake = beforeTake;
    this.onWork = onWork;
    this.onDrained = onDrained;
    this.onSooner = onSooner;
    this.time = queue.time();
    this.landing = new Waiting(time);
  }

  /** The queue may have something now that it did not have before. */
  void queueChanged() {
    changed = true;
  }

  /** A lane came free; if the queue had nothing, what that lane did may have changed it. */
  void laneVacated() {
    if (foundNothing) {
      changed = true;
    }
    flyFromLane();
  }

  @Override
  public boolean accept(Succeeded done) {
    boolean isLate;
    synchronized (lock) {
      if (isGrounded()) {
        return false;
      }
      succeeded.addLast(done);
      isLate = stopped;
    }
    // Nobody looks after what is left once the loop has ended.
    if (isLate || !goesOn.getAsBoolean()) {
      flyFromLane();
    }
    return true;
  }

  /** A lane's thread has nothing else to do: what was left to it is done. */
  void fly() {
    synchronized (lock) {
      if (succeeded.isEmpty()) {
        return;
      }
    }
    flyFromLane();
  }

  /**
   * Has the loop fly if what waits to be acknowledged has waited since this was called before.
   *
   * @return whether something waits
   */
  boolean look() {
    boolean isStuck;
    boolean waits;
    synchronized (lock) {
      waits = !succeeded.isEmpty();
      isStuck = waits && !flying && flights == flightsAtLook;
      flightsAtLook = flights;
    }
    if (isStuck) {
      onSooner.run();
    }
    return waits;
  }

  Optional<Instant> answeredAt() {
    return answeredAt;
  }

  Optional<Instant> takenAt() {
    return takenAt;
  }

  /** Takes nothing more, and waits until what is on its way has come back; acknowledges on. */
  void stop() {
    synchronized (lock) {
      stopped = true;
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
      // Should it fail, a lane's that does not has the loop run on at once.
      loopRunsAt = Instant.MAX;
    }
    flight.go(false);
    synchronized (lock) {
      if (!stopped) {
        return untilThen(time.now());
      }
    }
    // The loop does not run again, and lanes may have left what they did to this flight's thread.
    flyFromLane();
    return Instant.MAX;
  }

  /** Returns when the loop has to run, and remembers it. Called with the lock. */
  private Instant untilThen(Instant now) {
    // Who is flying wakes the loop if it has to run before.
    Instant latest = now.plus(LONGEST_TRUST);
    loopRunsAt = flying ? latest : earlier(runsAt(now), latest);
    return loopRunsAt;
  }

  /** Returns when there may be something for a lane, or to settle. Called with the lock. */
  private Instant runsAt(Instant now) {
    if (stopped) {
      return Instant.MAX;
    }
    if (failedInLane != null || changed || !succeeded.isEmpty()) {
      return now;
    }
    return askAgainAt.isAfter(now)
        ? askAgainAt
        : lanes.untilReady().map(now::plus).orElse(Instant.MAX);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private void flyFromLane() {
    boolean sooner = false;
    while (true) {
      Flight flight;
      synchronized (lock) {
        Instant now = time.now();
        flight = flying || isGrounded() ? null : next(now, false);
        if (flight == null) {
          sooner = isGrounded() || (!flying && runsAt(now).isBefore(loopRunsAt));
          break;
        }
      }
      try {
        flight.go(true);
      } catch (RuntimeException | Error failure) {
        // The loop tells of it, and does the same again.
        synchronized (lock) {
          onlyLoopFlies = true;
          failedInLane = failure;
          changed = true;
        }
      }
    }
    if (sooner) {
      onSooner.run();
    }
  }

  private boolean isGrounded() {
    return onlyLoopFlies && !stopped;
  }

  /** Returns what there is to do now; null: nothing. Called with the lock. */
  private @Nullable Flight next(Instant now, boolean isLoop) {
    List<Succeeded> done = new ArrayList<>(Math.min(succeeded.size(), MOST_ACKNOWLEDGED));
    if (changed) {
      changed = false;
      askAgainAt = Instant.MIN;
    }
    while (done.size() < MOST_ACKNOWLEDGED && !succeeded.isEmpty()) {
      done.add(succeeded.removeFirst());
    }
    if (!done.isEmpty() && foundNothing) {
      askAgainAt = Instant.MIN;
    }
    List<Lane> ready = List.of();
    if (!stopped && !askAgainAt.isAfter(now)) {
      ready = lanes.readyWith(lanesOf(done));
    }
    if (done.isEmpty() && ready.isEmpty()) {
      return null;
    }
    flying = true;
    flights++;
    return new Flight(done, ready, ready.isEmpty() ? null : request(ready.size()), isLoop);
  }

  private static List<Lane> lanesOf(List<Succeeded> done) {
    List<Lane> lanes = new ArrayList<>(done.size());
    for (Succeeded each : done) {
      lanes.add(each.attempt().lane());
    }
    return lanes;
  }

  private TakeRequest request(int ready) {
    // A request that got no answer is repeated as it was, so that it is granted only once.
    TakeRequest request = unanswered.filter(r -> r.maxEvents() <= ready).orElse(null);
    if (request == null) {
      int wanted = Math.min(ready, TakeRequest.MAX_EVENTS);
      request = new TakeRequest(requestIds.get(), worker, wanted, lease, types);
    }
    unanswered = Optional.of(request);
    return request;
  }

  /**
   * Returns whether a thread that lands now, and starts so many, flies again. Called with the lock.
   */
  private boolean hasMore(Instant now, int started) {
    return !succeeded.isEmpty()
        || (!stopped && (changed || !askAgainAt.isAfter(now)) && lanes.areReady(started));
  }

  /** One call of the queue, and what follows from it. */
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
     * @param goesOn whether the calling thread is a lane's, and may make an attempt when it returns
     */
    void go(boolean goesOn) {
      boolean landed = false;
      try {
        AckedAndTaken result = ask();
        conclude(result);
        RuntimeException failure = result.failure().orElse(null);
        if (failure != null) {
          throw failure;
        }
        landed = true;
        result.taken().filter(taken -> request != null).ifPresent(taken -> arrive(taken, goesOn));
      } finally {
        land(landed);
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
        beforeTake.run();
        return leases.isEmpty()
            ? new AckedAndTaken(List.of(), Optional.of(queue.take(request)), Optional.empty())
            : queue.ackAndTake(leases, request);
      } catch (RuntimeException | Error failure) {
        done.forEach(each -> settled.unheard(each, failure));
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
          failure.keep(() -> settled.acknowledged(each, settlement));
        } else {
          settled.unheard(each, result.failure().orElseThrow());
        }
      }
      failure.rethrow();
    }

    private void arrive(TakeResult result, boolean goesOn) {
      Instant now = time.now();
      answeredAt = Optional.of(now);
      List<Lease> leases = result instanceof TakeResult.Taken taken ? taken.leases() : List.of();
      TakeResult rest = result;
      if (result instanceof TakeResult.Taken taken) {
        takenAt = answeredAt;
        rest = taken.rest().orElse(result);
      }
      foundNothing = rest instanceof TakeResult.Empty;
      boolean hasMore;
      synchronized (lock) {
        unanswered = Optional.empty();
        Instant again = result.askAgainAt(now, queue.pollInterval());
        askAgainAt = earlier(again, now.plus(LONGEST_TRUST));
        hasMore = hasMore(now, leases.size());
      }
      if (!(result instanceof TakeResult.Empty)) {
        onWork.run();
      }
      start(leases, goesOn && !hasMore);
      if (result instanceof TakeResult.Empty empty && empty.nextDue().isEmpty()) {
        onDrained.run();
      }
    }

    private void start(List<Lease> leases, boolean isNext) {
      FirstFailure failure = new FirstFailure();
      for (int i = 0; i < leases.size(); i++) {
        Lease taken = leases.get(i);
        Lane lane = ready.get(i);
        boolean here = isNext && i == 0;
        // One that cannot be started is given back; the others are not kept waiting.
        failure.keep(() -> starter.start(taken, lane, here));
      }
      failure.rethrow();
    }

    private void land(boolean landed) {
      synchronized (lock) {
        flying = false;
        if (landed && isLoop) {
          onlyLoopFlies = false;
        }
      }
      landing.lookAgain();
    }
  }
}
