package io.ratelimit.core.internal.limiter;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Subscription;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who wait for permits, in the order in which they came. One thread asks for all of them, and
 * sleeps until the moment that the queue names; it lives while somebody waits. Thread-safe.
 */
final class Line {

  private static final Logger LOG = LoggerFactory.getLogger(Line.class);

  private static final int MOST_AT_ONCE = 100;

  /** How long to trust that starts are paused until someone resumes, should a wake-up be lost. */
  private static final Duration IDLE_POLL = Duration.ofSeconds(2);

  /** How long any answer is trusted: a limit may have been raised, and the wake-up lost. */
  private static final Duration LONGEST_TRUST = Duration.ofSeconds(30);

  /** A queue tells of changes that mean nothing here, such as each publication. */
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(100);

  private static final Duration BETWEEN_FAILURES = Duration.ofSeconds(1);

  private final EventQueue queue;
  private final Time time;
  private final Object lock = new Object();

  // All of these are guarded by the lock.
  private final Deque<Waiter> waiting = new ArrayDeque<>();
  private @Nullable Thread thread;
  private boolean closed;
  private boolean changed;
  private Instant askedAt = Instant.MIN;
  private Instant askAt = Instant.MIN;
  // What the one in front was told last, for whom; null while it is being asked.
  private @Nullable AcquireResult denial;
  private @Nullable QueueUnavailableException failure;
  private @Nullable Waiter denied;

  Line(EventQueue queue) {
    this.queue = queue;
    this.time = queue.time();
  }

  void requireOpen() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the limiter is closed");
      }
    }
  }

  /** Whether nobody waits. */
  boolean isEmpty() {
    synchronized (lock) {
      dropGone();
      return waiting.isEmpty();
    }
  }

  /** What the one in front waits for, if that is known. */
  Optional<AcquireResult> denialInFront() {
    synchronized (lock) {
      dropGone();
      return waiting.isEmpty() || !time.now().isBefore(askAt)
          ? Optional.empty()
          : Optional.ofNullable(denial);
    }
  }

  /** Adds one at the end. */
  void join(Waiter waiter) {
    synchronized (lock) {
      requireOpen();
      waiting.addLast(waiter);
      try {
        ensureThread();
      } catch (Throwable noThread) {
        waiting.remove(waiter);
        throw noThread;
      }
    }
    time.unpark(thread());
    var unused = waiter.answer().whenComplete((result, failed) -> time.unpark(thread()));
  }

  private @Nullable Thread thread() {
    synchronized (lock) {
      return thread;
    }
  }

  /**
   * Adds one that asked by itself, unless its answer is final or it would wait in vain.
   *
   * @return whether it waits
   */
  boolean joinDenied(Waiter waiter, AcquireResult result) {
    if (isFinal(result) || isInVain(waiter, result, time.now())) {
      return false;
    }
    synchronized (lock) {
      dropGone();
      if (waiting.isEmpty()) {
        deny(waiter, result);
      }
      join(waiter);
    }
    return true;
  }

  /** The same for one that got no answer. */
  boolean joinUnanswered(Waiter waiter, QueueUnavailableException away) {
    if (!time.now().isBefore(waiter.deadline())) {
      return false;
    }
    synchronized (lock) {
      waiter.setUnanswered(true);
      dropGone();
      if (waiting.isEmpty()) {
        failed(waiter, away);
      }
      join(waiter);
    }
    return true;
  }

  private static boolean isFinal(AcquireResult result) {
    return result instanceof AcquireResult.Granted || result instanceof AcquireResult.Never;
  }

  /** Whether one cannot be granted permits before its deadline unless a setting changes. */
  private static boolean isInVain(Waiter waiter, AcquireResult denial, Instant now) {
    return !waiter.deadline().isAfter(now)
        || earliest(denial).filter(at -> at.isAfter(waiter.deadline())).isPresent();
  }

  private static Optional<Instant> earliest(AcquireResult denial) {
    if (denial instanceof AcquireResult.NotBefore notBefore) {
      return Optional.of(notBefore.at());
    }
    return denial instanceof AcquireResult.Paused paused ? paused.until() : Optional.empty();
  }

  private void ensureThread() {
    if (thread == null) {
      time.execute(this::startThread, this::run);
    }
  }

  private void startThread(Runnable task) {
    Thread fresh = new Thread(task, "ratelimit-limiter");
    fresh.setDaemon(true);
    fresh.start();
    thread = fresh;
  }

  private void run() {
    try {
      Subscription changes = subscribe();
      try {
        for (List<Waiter> batch = next(); !batch.isEmpty(); batch = next()) {
          ask(batch);
        }
      } finally {
        changes.close();
      }
    } catch (Throwable fault) {
      failAll(fault);
    }
  }

  private Subscription subscribe() {
    try {
      return queue.onChange(this::queueChanged);
    } catch (QueueUnavailableException away) {
      // Changes are then noticed when an answer is not trusted any more.
      return () -> {};
    }
  }

  private void queueChanged() {
    synchronized (lock) {
      changed = true;
    }
    time.unpark(thread());
  }

  /** Waits until somebody is to be asked for; empty when nobody waits, and the thread is to end. */
  private List<Waiter> next() {
    while (true) {
      Instant until;
      List<Runnable> answers;
      synchronized (lock) {
        dropGone();
        Instant now = time.now();
        if (changed) {
          changed = false;
          askAt = earlier(askAt, askedAt.plus(BETWEEN_CHANGES));
        }
        if (waiting.isEmpty()) {
          thread = null;
          return List.of();
        }
        if (!now.isBefore(askAt)) {
          denial = null;
          askedAt = now;
          return waiting.stream().limit(MOST_AT_ONCE).toList();
        }
        answers = refusals(now);
        until = askAt;
        for (Waiter waiter : waiting) {
          until = earlier(until, waiter.deadline());
        }
      }
      if (answers.isEmpty()) {
        time.parkUntil(until);
        // Nobody has a reason to interrupt this thread, and it could not park any more.
        boolean unused = Thread.interrupted();
      }
      // Not under the lock: what depends on an answer runs here.
      answers.forEach(Runnable::run);
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /**
   * Forgets those who have an answer or have given up. What one of them may have paid for without
   * an answer is the next one's that wants as much. A new one in front is asked for at once.
   */
  private void dropGone() {
    for (Waiter waiter : waiting) {
      if (waiter.isGone() && waiter.isUnanswered()) {
        heir(waiter.permits()).ifPresent(heir -> heir.inherit(waiter));
      }
    }
    waiting.removeIf(Waiter::isGone);
    if (waiting.isEmpty()) {
      failure = null;
    }
    if (failure == null && waiting.peekFirst() != denied) {
      denied = null;
      denial = null;
      askAt = Instant.MIN;
    }
  }

  /** The answers to those whose time is over, or who would wait in vain. */
  private List<Runnable> refusals(Instant now) {
    List<Runnable> answers = new ArrayList<>();
    AcquireResult denied = denial;
    QueueUnavailableException away = failure;
    for (Waiter waiter : waiting) {
      if (away != null && !waiter.deadline().isAfter(now)) {
        answers.add(() -> waiter.answer().completeExceptionally(away));
      } else if (denied != null && isInVain(waiter, denied, now)) {
        answers.add(() -> waiter.answer().complete(denied));
      }
    }
    return answers;
  }

  private void ask(List<Waiter> batch) {
    List<AcquireRequest> requests = new ArrayList<>();
    synchronized (lock) {
      batch.forEach(waiter -> requests.add(waiter.request()));
    }
    List<Runnable> refusals;
    try {
      List<AcquireResult> results = queue.acquire(requests);
      refusals = answered(batch, results);
      grant(batch, results);
    } catch (QueueUnavailableException away) {
      refusals = unanswered(batch, away);
    }
    refusals.forEach(Runnable::run);
  }

  private List<Runnable> unanswered(List<Waiter> batch, QueueUnavailableException away) {
    synchronized (lock) {
      if (failure == null) {
        LOG.warn(
            "permits cannot be asked for; trying again until callers give up: {}",
            Printable.text(String.valueOf(away.getMessage())));
      }
      batch.forEach(waiter -> waiter.setUnanswered(true));
      failed(batch.get(0), away);
      return refusals(time.now());
    }
  }

  private List<Runnable> answered(List<Waiter> batch, List<AcquireResult> results) {
    synchronized (lock) {
      failure = null;
      denied = null;
      askAt = Instant.MIN;
      batch.forEach(waiter -> waiter.setUnanswered(false));
      for (int i = 0; i < batch.size() && denied == null; i++) {
        if (!isFinal(results.get(i))) {
          deny(batch.get(i), results.get(i));
        }
      }
      return refusals(time.now());
    }
  }

  /** Hands out what is final; permits of one that has given up meanwhile are the next one's. */
  private void grant(List<Waiter> batch, List<AcquireResult> results) {
    List<Integer> late = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      AcquireResult result = results.get(i);
      if (isFinal(result)
          && !batch.get(i).answer().complete(result)
          && result instanceof AcquireResult.Granted) {
        late.add(i);
      }
    }
    for (int i : late) {
      Optional<Waiter> heir = heir(batch.get(i).permits());
      while (heir.isPresent() && !heir.get().answer().complete(results.get(i))) {
        heir = heir(batch.get(i).permits());
      }
    }
  }

  private Optional<Waiter> heir(int permits) {
    synchronized (lock) {
      return waiting.stream()
          .filter(waiter -> waiter.permits() == permits)
          .filter(waiter -> !waiter.isGone() && !waiter.isUnanswered())
          .findFirst();
    }
  }

  private void deny(Waiter waiter, AcquireResult result) {
    Instant now = time.now();
    denied = waiter;
    denial = result;
    failure = null;
    askAt = earlier(earliest(result).orElse(now.plus(IDLE_POLL)), now.plus(LONGEST_TRUST));
  }

  private void failed(Waiter waiter, QueueUnavailableException away) {
    denied = waiter;
    denial = null;
    failure = away;
    askAt = time.now().plus(BETWEEN_FAILURES);
  }

  private void failAll(Throwable fault) {
    List<Waiter> all;
    synchronized (lock) {
      thread = null;
      all = List.copyOf(waiting);
      waiting.clear();
    }
    all.forEach(waiter -> waiter.answer().completeExceptionally(fault));
  }

  void close() {
    List<Waiter> all;
    synchronized (lock) {
      closed = true;
      all = List.copyOf(waiting);
    }
    all.forEach(
        waiter ->
            waiter
                .answer()
                .completeExceptionally(new IllegalStateException("the limiter is closed")));
  }
}
