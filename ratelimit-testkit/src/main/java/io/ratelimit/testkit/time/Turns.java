package io.ratelimit.testkit.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads work one at a time. A thread that waits passes the turn to the others, in the order
 * in which they became ready; when none is ready, time advances to the next moment that one waits
 * for. Thread-safe.
 */
final class Turns {

  /** How often the first thread checks whether the turn moves on, in real time. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private final ReentrantLock lock = new ReentrantLock();
  private final int looksUntilStuck;
  private final Map<Thread, Activity> byThread = new HashMap<>();
  private final Deque<Activity> ready = new ArrayDeque<>();

  /** Waiting activities, in the order in which they began to wait. */
  private final Set<Activity> waiting = new LinkedHashSet<>();

  /** Activities that let all others go first. */
  private final Deque<Activity> patient = new ArrayDeque<>();

  /** The first thread: the test's, which hands out the work and gets the exceptions. */
  private @Nullable Activity first;

  private volatile @Nullable Activity holder;
  private final AtomicLong passed = new AtomicLong();
  private volatile Instant now;
  private int holds;

  /**
   * @param patience how long a thread may block in its turn, in real time
   */
  Turns(Instant start, Duration patience) {
    this.now = start;
    this.looksUntilStuck = (int) Math.max(1, patience.dividedBy(LOOK));
  }

  Instant now() {
    return now;
  }

  /** Waits until a time, a wake-up or an interrupt, and then for the turn. */
  void waitUntil(Instant deadline) {
    Activity self;
    lock.lock();
    try {
      self = self();
      if (self.woken || !deadline.isAfter(now) || Thread.currentThread().isInterrupted()) {
        self.woken = false;
        return;
      }
      self.deadline = deadline;
      waiting.add(self);
      passFrom(self);
    } finally {
      lock.unlock();
    }
    awaitTurn(self);
  }

  /**
   * Lets all others do what they can do now. If they can do nothing, advances time to the next
   * moment first, but not beyond a limit.
   */
  void waitForOthers(Instant limit, boolean advance) {
    Activity self;
    lock.lock();
    try {
      self = self();
      if (advance && ready.isEmpty() && holds == 0) {
        Instant next = nextDeadline();
        moveTo(next.isBefore(limit) ? next : limit);
      }
      patient.addLast(self);
      passFrom(self);
    } finally {
      lock.unlock();
    }
    awaitTurn(self);
  }

  /** Ends a thread's current wait, or its next one. */
  void wake(Thread thread) {
    lock.lock();
    try {
      Activity activity = byThread.get(thread);
      if (activity == null) {
        LockSupport.unpark(thread);
      } else if (waiting.remove(activity)) {
        ready.addLast(activity);
      } else {
        activity.woken = true;
      }
      passIfFree();
    } finally {
      lock.unlock();
    }
  }

  /** Executes a task when its turn comes. */
  void execute(Executor executor, Runnable task) {
    Activity activity = new Activity(null, null);
    lock.lock();
    try {
      if (first == null) {
        // The thread that hands out the first task keeps the turn.
        first = enter(Thread.currentThread());
        holder = first;
      }
      ready.addLast(activity);
    } finally {
      lock.unlock();
    }
    try {
      executor.execute(() -> run(activity, task));
    } catch (RuntimeException | Error refused) {
      forget(activity);
      throw refused;
    }
    lock.lock();
    try {
      passIfFree();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Executes a task at a time.
   *
   * @param executor has a thread for every task
   */
  void executeAt(Instant time, Executor executor, Runnable task) {
    lock.lock();
    try {
      Activity[] activity = new Activity[1];
      activity[0] = new Activity(null, () -> executor.execute(() -> run(activity[0], task)));
      activity[0].deadline = time;
      (time.isAfter(now) ? waiting : ready).add(activity[0]);
      passIfFree();
    } finally {
      lock.unlock();
    }
  }

  private void run(Activity activity, Runnable task) {
    Thread thread = Thread.currentThread();
    if (hasBegun(thread)) {
      // The executor runs it in the calling thread, which has the turn.
      forget(activity);
      task.run();
      return;
    }
    lock.lock();
    try {
      activity.thread = thread;
      byThread.put(thread, activity);
    } finally {
      lock.unlock();
    }
    awaitTurn(activity);
    // A task that has not begun cannot have been woken.
    activity.woken = false;
    try {
      task.run();
    } finally {
      end(thread);
    }
  }

  private boolean hasBegun(Thread thread) {
    lock.lock();
    try {
      return byThread.containsKey(thread);
    } finally {
      lock.unlock();
    }
  }

  private void end(Thread thread) {
    lock.lock();
    try {
      byThread.remove(thread);
      pass();
    } finally {
      lock.unlock();
    }
  }

  private void forget(Activity activity) {
    lock.lock();
    try {
      ready.remove(activity);
      if (holder == activity) {
        pass();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops time until {@link #release}. */
  void hold() {
    lock.lock();
    try {
      holds++;
    } finally {
      lock.unlock();
    }
  }

  void release() {
    lock.lock();
    try {
      holds--;
      passIfFree();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the activity of the calling thread, which has the turn. */
  private Activity self() {
    Thread thread = Thread.currentThread();
    Activity self = byThread.get(thread);
    if (self != null) {
      return self;
    }
    Activity known = first;
    if (known == null) {
      first = enter(thread);
      holder = first;
      return first;
    }
    throw new IllegalStateException(
        "thread "
            + thread.getName()
            + " waits for a deterministic time that does not know it: "
            + known
            + " came first, and all other threads must get their work from the time's"
            + " execute(…) or executor()");
  }

  private Activity enter(Thread thread) {
    Activity activity = new Activity(thread, null);
    byThread.put(thread, activity);
    return activity;
  }

  private void passIfFree() {
    // No task has begun before the first thread; tasks handed over earlier wait for it.
    if (holder == null && first != null) {
      pass();
    }
  }

  /** Passes the turn on, unless the activity has failed: then another may have the turn already. */
  private void passFrom(Activity self) {
    if (holder == self) {
      pass();
    }
  }

  private void pass() {
    holder = null;
    while (holder == null) {
      wakeInterrupted();
      Activity next = ready.pollFirst();
      if (next == null && holds == 0) {
        next = patient.pollFirst();
      }
      if (next != null) {
        grant(next);
      } else if (holds > 0 || !moveOn()) {
        return;
      }
    }
  }

  private void grant(Activity next) {
    passed.incrementAndGet();
    holder = next;
    Runnable starter = next.starter;
    if (starter != null && next.thread == null) {
      starter.run();
    } else {
      LockSupport.unpark(next.thread);
    }
  }

  private void wakeInterrupted() {
    List<Activity> interrupted = waiting.stream().filter(Activity::isInterrupted).toList();
    interrupted.forEach(waiting::remove);
    ready.addAll(interrupted);
  }

  private Instant nextDeadline() {
    return waiting.stream()
        .map(activity -> activity.deadline)
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }

  /** Advances to the next moment. Returns false if there is none, and nobody to notify. */
  private boolean moveOn() {
    Instant next = nextDeadline();
    if (next.isBefore(Instant.MAX)) {
      moveTo(next);
      return true;
    }
    Activity told = first;
    if (told == null || !waiting.remove(told)) {
      return false;
    }
    told.failure =
        "no thread can continue: all wait to be woken: "
            + told
            + waiting.stream().map(activity -> ", " + activity).collect(Collectors.joining());
    ready.addLast(told);
    return true;
  }

  private void moveTo(Instant time) {
    now = time.isAfter(now) ? time : now;
    List<Activity> due =
        waiting.stream().filter(activity -> !activity.deadline.isAfter(now)).toList();
    due.forEach(waiting::remove);
    ready.addAll(due);
  }

  private void awaitTurn(Activity self) {
    long seen = passed.get();
    int looks = 0;
    while (holder != self) {
      if (Thread.currentThread().isInterrupted()) {
        // Kept for later: an interrupted thread cannot park.
        self.interrupted = true;
        boolean unused = Thread.interrupted();
      }
      if (self != first) {
        LockSupport.park(this);
        continue;
      }
      LockSupport.parkNanos(this, LOOK.toNanos());
      looks = passed.get() == seen && isBlocked(holder) ? looks + 1 : 0;
      seen = passed.get();
      if (looks > looksUntilStuck) {
        throw stuck(holder);
      }
    }
    if (self.interrupted) {
      self.interrupted = false;
      Thread.currentThread().interrupt();
    }
    String failure = self.failure;
    if (failure != null) {
      self.failure = null;
      throw new IllegalStateException(failure);
    }
  }

  /** Returns whether a thread is blocked; one that computes or stands at a breakpoint is not. */
  private static boolean isBlocked(@Nullable Activity activity) {
    if (activity == null) {
      return false;
    }
    Thread thread = activity.thread;
    return thread == null
        || thread.getState() == Thread.State.BLOCKED
        || thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  private static IllegalStateException stuck(@Nullable Activity activity) {
    Thread thread = activity == null ? null : activity.thread;
    if (thread == null) {
      return new IllegalStateException(
          "an executor has not begun a task that it received: it needs a thread for"
              + " every worker, as the time's executor() has");
    }
    return new IllegalStateException(
        "thread "
            + thread.getName()
            + " has its turn and blocks without waiting for this time, so no other"
            + " thread can continue; it is at\n\t"
            + Arrays.stream(thread.getStackTrace())
                .map(String::valueOf)
                .collect(Collectors.joining("\n\t")));
  }
}
