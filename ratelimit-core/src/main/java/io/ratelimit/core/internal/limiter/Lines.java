package io.ratelimit.core.internal.limiter;

import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.queue.Combination;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.EventQueue.Subscription;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All waiters for permits: a {@link Line} for each combination of limits and keys. One thread sends
 * the requests of all of them, and sleeps until the moment that the queue names; it lives while
 * somebody waits. Thread-safe.
 */
final class Lines {

  private static final Logger LOG = LoggerFactory.getLogger(Lines.class);

  private static final int MOST_AT_ONCE = 100;

  private static final Duration BETWEEN_FAILURES = Duration.ofSeconds(1);

  private final EventQueue queue;
  private final Time time;
  private final Object lock = new Object();

  // All guarded by the lock. No line is empty.
  private final Map<Combination, Line> lines = new LinkedHashMap<>();
  private @Nullable Thread thread;
  private boolean closed;
  private boolean changed;
  private boolean away;

  Lines(EventQueue queue) {
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

  /** Returns the line of a combination, if it has waiters. */
  private Optional<Line> line(Combination combination) {
    Line line = lines.get(combination);
    if (line != null) {
      line.dropGone();
      if (line.isEmpty()) {
        lines.remove(combination);
        return Optional.empty();
      }
    }
    return Optional.ofNullable(line);
  }

  private Line lineOf(Waiter waiter) {
    return line(waiter.combination())
        .orElseGet(() -> lines.computeIfAbsent(waiter.combination(), absent -> new Line()));
  }

  /** Returns whether a combination has no waiters. */
  boolean isEmpty(Combination combination) {
    synchronized (lock) {
      return line(combination).isEmpty();
    }
  }

  /** Returns the answer that the first waiter of a line waits for, if known. */
  Optional<AcquireResult> denialInFront(Combination combination) {
    synchronized (lock) {
      return line(combination).flatMap(line -> line.denialAt(time.now()));
    }
  }

  /** Adds a waiter at the end of its line. */
  void join(Waiter waiter) {
    synchronized (lock) {
      enter(lineOf(waiter), waiter);
    }
  }

  private void enter(Line line, Waiter waiter) {
    requireOpen();
    line.add(waiter);
    try {
      ensureThread();
    } catch (Throwable noThread) {
      line.remove(waiter);
      throw noThread;
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
   * Adds a waiter that has sent its own request, unless the answer is final or it would wait in
   * vain.
   *
   * @return whether it now waits
   */
  boolean joinDenied(Waiter waiter, AcquireResult result) {
    if (Line.isFinal(result) || Line.isInVain(waiter, result, time.now())) {
      return false;
    }
    synchronized (lock) {
      Line line = lineOf(waiter);
      if (line.isEmpty()) {
        line.deny(waiter, result, time.now());
      }
      enter(line, waiter);
    }
    return true;
  }

  /** Adds a waiter whose own request got no answer. */
  boolean joinUnanswered(Waiter waiter, QueueUnavailableException failure) {
    if (!time.now().isBefore(waiter.deadline())) {
      return false;
    }
    synchronized (lock) {
      waiter.setUnanswered(true);
      Line line = lineOf(waiter);
      if (line.isEmpty()) {
        line.fail(waiter, failure, time.now().plus(BETWEEN_FAILURES));
      }
      enter(line, waiter);
    }
    return true;
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
    } catch (QueueUnavailableException unheard) {
      // Without a subscription, changes are noticed when an answer expires.
      return () -> {};
    }
  }

  private void queueChanged() {
    synchronized (lock) {
      changed = true;
    }
    time.unpark(thread());
  }

  /** Waits until a request is due; returns empty if nobody waits and the thread must end. */
  private List<Waiter> next() {
    while (true) {
      Instant until = Instant.MAX;
      List<Runnable> answers = new ArrayList<>();
      synchronized (lock) {
        Instant now = time.now();
        lines.values().forEach(Line::dropGone);
        lines.values().removeIf(Line::isEmpty);
        if (changed) {
          changed = false;
          lines.values().forEach(Line::askSoon);
        }
        if (lines.isEmpty()) {
          thread = null;
          return List.of();
        }
        List<Waiter> batch = batch(now);
        if (!batch.isEmpty()) {
          return batch;
        }
        for (Line line : lines.values()) {
          answers.addAll(line.refusals(now));
          until = Line.earlier(until, line.wakeAt());
        }
      }
      if (answers.isEmpty()) {
        time.parkUntil(until);
        // Clears the interrupt: nobody has a reason for it, and the thread could not park any more.
        boolean unused = Thread.interrupted();
      }
      // Outside the lock: dependents of an answer run here.
      answers.forEach(Runnable::run);
    }
  }

  /** Returns the waiters to send requests for now; lines take turns if there are too many. */
  private List<Waiter> batch(Instant now) {
    List<Waiter> batch = new ArrayList<>();
    for (Line line : List.copyOf(lines.values())) {
      List<Waiter> some = line.toAsk(now, MOST_AT_ONCE - batch.size());
      if (!some.isEmpty()) {
        batch.addAll(some);
        lines.remove(some.get(0).combination());
        lines.put(some.get(0).combination(), line);
      }
    }
    return batch;
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
    } catch (QueueUnavailableException failure) {
      refusals = unanswered(batch, failure);
    } catch (IllegalArgumentException refused) {
      refuse(batch, refused);
      return;
    }
    refusals.forEach(Runnable::run);
  }

  /** Handles a batch with an invalid charge: sends the requests of each line separately. */
  private void refuse(List<Waiter> batch, IllegalArgumentException refused) {
    Map<Combination, List<Waiter>> byLine = new LinkedHashMap<>();
    for (Waiter waiter : batch) {
      byLine.computeIfAbsent(waiter.combination(), absent -> new ArrayList<>()).add(waiter);
    }
    if (byLine.size() > 1) {
      byLine.values().forEach(this::ask);
    } else {
      batch.forEach(waiter -> waiter.answer().completeExceptionally(refused));
    }
  }

  private Map<Line, List<Integer>> byLine(List<Waiter> batch) {
    Map<Line, List<Integer>> byLine = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      byLine.computeIfAbsent(lineOf(batch.get(i)), absent -> new ArrayList<>()).add(i);
    }
    return byLine;
  }

  private List<Runnable> unanswered(List<Waiter> batch, QueueUnavailableException failure) {
    synchronized (lock) {
      if (!away) {
        LOG.warn(
            "permits cannot be requested; retrying until callers give up: {}",
            Printable.text(String.valueOf(failure.getMessage())));
      }
      away = true;
      batch.forEach(waiter -> waiter.setUnanswered(true));
      Instant now = time.now();
      List<Runnable> refusals = new ArrayList<>();
      byLine(batch)
          .forEach(
              (line, members) -> {
                line.fail(batch.get(members.get(0)), failure, now.plus(BETWEEN_FAILURES));
                refusals.addAll(line.refusals(now));
              });
      return refusals;
    }
  }

  private List<Runnable> answered(List<Waiter> batch, List<AcquireResult> results) {
    synchronized (lock) {
      away = false;
      batch.forEach(waiter -> waiter.setUnanswered(false));
      Instant now = time.now();
      List<Runnable> refusals = new ArrayList<>();
      byLine(batch)
          .forEach(
              (line, members) -> {
                line.reset();
                // If whoever was denied has given up, the denial is nobody's: others may cost less.
                members.stream()
                    .filter(i -> !Line.isFinal(results.get(i)))
                    .findFirst()
                    .filter(i -> !batch.get(i).isGone())
                    .ifPresent(i -> line.deny(batch.get(i), results.get(i), now));
                refusals.addAll(line.refusals(now));
              });
      return refusals;
    }
  }

  /**
   * Completes waiters with final answers; the permits of one that has given up in the meantime go
   * to the next.
   */
  private void grant(List<Waiter> batch, List<AcquireResult> results) {
    List<Integer> late = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      AcquireResult result = results.get(i);
      if (Line.isFinal(result)
          && !batch.get(i).answer().complete(result)
          && result instanceof AcquireResult.Granted) {
        late.add(i);
      }
    }
    for (int i : late) {
      Optional<Waiter> heir = heir(batch.get(i));
      while (heir.isPresent() && !heir.get().answer().complete(results.get(i))) {
        heir = heir(batch.get(i));
      }
    }
  }

  private Optional<Waiter> heir(Waiter gone) {
    synchronized (lock) {
      return Optional.ofNullable(lines.get(gone.combination())).flatMap(line -> line.heir(gone));
    }
  }

  private List<Waiter> all() {
    return lines.values().stream().flatMap(line -> line.waiters().stream()).toList();
  }

  private void failAll(Throwable fault) {
    List<Waiter> all;
    synchronized (lock) {
      thread = null;
      all = all();
      lines.clear();
    }
    all.forEach(waiter -> waiter.answer().completeExceptionally(fault));
  }

  void close() {
    List<Waiter> all;
    synchronized (lock) {
      closed = true;
      all = all();
    }
    all.forEach(
        waiter ->
            waiter
                .answer()
                .completeExceptionally(new IllegalStateException("the limiter is closed")));
  }
}
