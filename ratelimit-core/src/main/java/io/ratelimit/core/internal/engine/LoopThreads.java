package io.ratelimit.core.internal.engine;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of all loops with the same time: one waits for the next loop that is due, and a few
 * run those that are. Loops whose queue does not answer do not hold up others: as long as no thread
 * makes progress, another is added every 50 ms. Begins with the first loop and ends with the last.
 * Thread-safe.
 */
final class LoopThreads {

  /** The number of threads that run loops while all tasks end soon. */
  private static final int FEW = 4;

  private static final Duration UNTIL_ONE_MORE = Duration.ofMillis(50);
  private static final long KEPT_SECONDS = 10;

  // Guards itself and the number of users of each.
  private static final Map<Time, LoopThreads> ALL = new HashMap<>();

  private final Time time;
  private final int few;
  private final Object lock = new Object();
  // Guarded by the lock, from here on.
  private final TreeSet<Turn> sleeping =
      new TreeSet<>(
          Comparator.comparing((Turn turn) -> turn.at).thenComparing(turn -> turn.number));
  private final Deque<Turn> due = new ArrayDeque<>();
  private long turns;
  private int running;
  private int most;
  private Instant progressAt = Instant.MIN;
  private boolean ended;
  private @Nullable Thread waiter;
  private final ExecutorService pool;
  private int users;

  private LoopThreads(Time time) {
    this.time = time;
    // Virtual time may stand still, and would then never add another thread.
    this.few = time == Time.system() ? FEW : Integer.MAX_VALUE;
    this.most = few;
    AtomicInteger count = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEPT_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = fresh(task, "ratelimit-loops-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Creates a thread that inherits nothing from the calling thread. */
  private static Thread fresh(Runnable task, String name) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setContextClassLoader(null);
    return thread;
  }

  /** Joins the threads of a time, for one loop. */
  static LoopThreads join(Time time) {
    synchronized (ALL) {
      LoopThreads threads = ALL.get(time);
      if (threads == null) {
        threads = new LoopThreads(time);
        threads.start();
        ALL.put(time, threads);
      }
      threads.users++;
      return threads;
    }
  }

  /** Leaves the threads, once per {@link #join}; the last user ends them. */
  void leave() {
    synchronized (ALL) {
      users--;
      if (users > 0) {
        return;
      }
      ALL.remove(time);
    }
    synchronized (lock) {
      ended = true;
    }
    time.unpark(waiter);
    pool.shutdown();
  }

  private void start() {
    // Not a daemon: an engine that was started keeps the JVM alive.
    time.execute(
        task -> {
          Thread thread = fresh(task, "ratelimit-loops");
          waiter = thread;
          thread.start();
        },
        this::waitForAll);
  }

  /** A task that runs repeatedly. */
  final class Turn {
    private final Runnable task;
    private final long number;
    private Instant at = Instant.MAX;

    private Turn(Runnable task, long number) {
      this.task = task;
      this.number = number;
    }

    /**
     * Runs the task once, at a given time or now if that has passed; replaces an earlier schedule.
     */
    void runAt(Instant next) {
      boolean isFirst;
      synchronized (lock) {
        sleeping.remove(this);
        due.remove(this);
        at = next;
        sleeping.add(this);
        isFirst = sleeping.first() == this;
      }
      if (isFirst) {
        time.unpark(waiter);
      }
    }

    /** Runs the task once, soon. */
    void runNow() {
      boolean starts;
      synchronized (lock) {
        sleeping.remove(this);
        if (!due.contains(this)) {
          due.addLast(this);
        }
        starts = mayStart();
      }
      startIf(starts);
    }

    /** Cancels the next run of the task, unless it has begun. */
    void forget() {
      synchronized (lock) {
        sleeping.remove(this);
        due.remove(this);
      }
    }
  }

  Turn turn(Runnable task) {
    synchronized (lock) {
      turns++;
      return new Turn(task, turns);
    }
  }

  /** Returns whether to add a thread for the tasks that are due; counts it if so. */
  private boolean mayStart() {
    if (due.isEmpty() || running >= most) {
      return false;
    }
    running++;
    return true;
  }

  private void startIf(boolean starts) {
    if (!starts) {
      // The waiting thread checks whether there are enough.
      time.unpark(waiter);
      return;
    }
    try {
      time.execute(pool, this::runDue);
    } catch (RuntimeException | Error noThread) {
      synchronized (lock) {
        running--;
      }
      // The waiting thread tries again until a thread is available.
      time.unpark(waiter);
    }
  }

  private void runDue() {
    while (true) {
      Turn next;
      synchronized (lock) {
        next = due.pollFirst();
        progressAt = time.now();
        if (next == null) {
          running--;
          most = Math.max(few, running);
          return;
        }
      }
      next.task.run();
    }
  }

  private void waitForAll() {
    while (true) {
      int starts = 0;
      Instant until;
      synchronized (lock) {
        if (ended) {
          return;
        }
        Instant now = time.now();
        while (!sleeping.isEmpty() && !sleeping.first().at.isAfter(now)) {
          due.addLast(sleeping.pollFirst());
          starts += mayStart() ? 1 : 0;
        }
        until = sleeping.isEmpty() ? Instant.MAX : sleeping.first().at;
        if (!due.isEmpty()) {
          Instant patience = progressAt.plus(UNTIL_ONE_MORE);
          if (!patience.isAfter(now)) {
            most = Math.max(most, running + 1);
            progressAt = now;
            starts += mayStart() ? 1 : 0;
            patience = now.plus(UNTIL_ONE_MORE);
          }
          until = patience.isBefore(until) ? patience : until;
        }
      }
      for (int n = 0; n < starts; n++) {
        startIf(true);
      }
      time.parkUntil(until);
      // An interrupt means nothing here, and would keep the thread from parking.
      Thread.interrupted();
    }
  }
}
