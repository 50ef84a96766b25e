package io.ratelimit.core.internal.engine;

import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.BatchResult;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.handler.BatchForm;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects attempts whose handler takes batches. Calls the handler when a batch is full, when no
 * other attempt can join it, or when its first attempt has waited long enough. {@link #run} is the
 * task of one {@link Loop}; the rest is thread-safe.
 */
final class Batches implements Loop.Task {

  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(30);

  private final Time time;
  private final IntSupplier attemptsAtOnce;
  private final Function<BatchForm, Executor> threads;
  private final Listeners listeners;
  private final Map<Kind, Batch> collecting = new LinkedHashMap<>();
  private Runnable onFirst = () -> {};
  private boolean hurrying;

  /** What attempts must have in common to share a batch. */
  private record Kind(BatchForm form, String type, @Nullable String key) {}

  /**
   * @param attemptsAtOnce returns how many attempts there can be at the same time: no batch gets
   *     more
   * @param threads returns the executor that calls a handler
   */
  Batches(
      Time time,
      IntSupplier attemptsAtOnce,
      Function<BatchForm, Executor> threads,
      Listeners listeners) {
    this.time = time;
    this.attemptsAtOnce = attemptsAtOnce;
    this.threads = threads;
    this.listeners = listeners;
  }

  /** Sets what to call whenever {@link #run} has to run earlier than it returned. */
  synchronized void onFirst(Runnable newOnFirst) {
    this.onFirst = newOnFirst;
  }

  /**
   * Adds an attempt to its batch.
   *
   * @return a stage that completes when the attempt's event is processed
   */
  CompletionStage<?> join(BatchForm form, Attempt attempt) {
    Kind kind = new Kind(form, attempt.event().type().name(), form.key().apply(attempt.event()));
    Member member = new Member(attempt);
    attempt.joinsBatch();
    Batch batch;
    Batch complete = null;
    boolean first;
    synchronized (this) {
      Batch open = collecting.get(kind);
      first = open == null;
      batch = open == null ? new Batch(form, time.now().plus(form.patience())) : open;
      collecting.put(kind, batch);
      int size = batch.add(member);
      if (hurrying || form.patience().isZero() || size >= form.most()) {
        complete = batch;
      } else if (waiting() >= attemptsAtOnce.getAsInt()) {
        // No other attempt can join any batch.
        complete = largest();
      }
      if (complete != null) {
        collecting.values().remove(complete);
      }
    }
    attempt.onCancel(() -> batch.cancelled(member));
    if (complete != null) {
      call(complete);
    }
    if (first && !batch.equals(complete)) {
      wake();
    }
    return member.processed;
  }

  private int waiting() {
    return collecting.values().stream().mapToInt(Batch::size).sum();
  }

  /** Returns the largest batch; of equal ones, the one that has waited longest. */
  private @Nullable Batch largest() {
    Batch largest = null;
    for (Batch batch : collecting.values()) {
      if (largest == null || batch.size() > largest.size()) {
        largest = batch;
      }
    }
    return largest;
  }

  private void wake() {
    Runnable waking;
    synchronized (this) {
      waking = onFirst;
    }
    waking.run();
  }

  /**
   * Calls handlers with the batches collected so far, and from now on with each attempt at once.
   */
  void hurry() {
    List<Batch> all;
    synchronized (this) {
      hurrying = true;
      all = List.copyOf(collecting.values());
      collecting.clear();
    }
    all.forEach(this::call);
  }

  @Override
  public Instant run() {
    Instant now = time.now();
    List<Batch> due = new ArrayList<>();
    Optional<Instant> next;
    synchronized (this) {
      collecting.values().removeIf(batch -> !batch.dueAt.isAfter(now) && due.add(batch));
      next = collecting.values().stream().map(batch -> batch.dueAt).min(Comparator.naturalOrder());
    }
    due.forEach(this::call);
    return next.orElse(now.plus(LONGEST_SLEEP));
  }

  private void call(Batch batch) {
    try {
      threads.apply(batch.form).execute(batch::call);
    } catch (RuntimeException | Error refused) {
      listeners.failed("calling the handler of a batch", refused);
      batch.giveBack(refused, time.now());
    }
  }

  /** An attempt of a batch. */
  private static final class Member {
    private final Attempt attempt;
    private final CompletableFuture<Void> processed = new CompletableFuture<>();

    Member(Attempt attempt) {
      this.attempt = attempt;
    }
  }

  /** Attempts that are collected and then handled together. */
  private static final class Batch {
    private final BatchForm form;
    private final Instant dueAt;
    private final Set<Member> wanted = new LinkedHashSet<>();
    private boolean called;
    private @Nullable Thread caller;
    private @Nullable CompletionStage<BatchResult> stage;

    Batch(BatchForm form, Instant dueAt) {
      this.form = form;
      this.dueAt = dueAt;
    }

    synchronized int add(Member member) {
      wanted.add(member);
      return wanted.size();
    }

    synchronized int size() {
      return wanted.size();
    }

    /**
     * Removes a canceled attempt. If it waits for others, it ends at once. If it is being handled,
     * it ends with the call, which is canceled when no attempt wants its result anymore.
     */
    void cancelled(Member member) {
      boolean waited;
      CompletionStage<BatchResult> unwanted = null;
      synchronized (this) {
        wanted.remove(member);
        waited = !called;
        if (called && wanted.isEmpty()) {
          unwanted = stage;
          if (caller != null) {
            caller.interrupt();
          }
        }
      }
      if (waited) {
        member.processed.completeExceptionally(new InterruptedException());
      }
      if (unwanted != null) {
        boolean unused = unwanted.toCompletableFuture().cancel(true);
      }
    }

    /** Calls the handler in the calling thread. */
    void call() {
      List<Member> members;
      synchronized (this) {
        called = true;
        members = List.copyOf(wanted);
        if (members.isEmpty()) {
          return;
        }
        caller = Thread.currentThread();
      }
      members.forEach(member -> member.attempt.batchBegins());
      CompletionStage<BatchResult> begun = begin(members);
      boolean unwanted;
      synchronized (this) {
        caller = null;
        // An interrupt was meant for the handler, not for what this thread does next.
        boolean unused = Thread.interrupted();
        stage = begun;
        unwanted = wanted.isEmpty();
      }
      if (unwanted && !form.blocks()) {
        boolean unused = begun.toCompletableFuture().cancel(true);
      }
      try {
        CompletionStage<BatchResult> unused =
            begun.whenComplete((result, thrown) -> processed(members, result, thrown));
      } catch (RuntimeException | Error broken) {
        processed(members, null, broken);
      }
    }

    private CompletionStage<BatchResult> begin(List<Member> members) {
      List<AttemptContext> attempts =
          members.stream().<AttemptContext>map(member -> member.attempt).toList();
      try {
        CompletionStage<BatchResult> begun = form.handler().handleAsync(attempts);
        if (begun == null) {
          throw new NullPointerException(
              "the asynchronous batch handler returned null: it must return a stage that completes"
                  + " when all is done");
        }
        return begun;
      } catch (Throwable failure) {
        return CompletableFuture.failedFuture(failure);
      }
    }

    private static void processed(
        List<Member> members, @Nullable BatchResult result, @Nullable Throwable thrown) {
      Map<String, Throwable> failures = result == null ? Map.of() : result.failures();
      Throwable otherwise = thrown == null ? wrong(members, result) : thrown;
      for (Member member : members) {
        Throwable failure = failures.getOrDefault(member.attempt.event().id(), otherwise);
        if (failure == null) {
          member.processed.complete(null);
        } else {
          member.processed.completeExceptionally(failure);
        }
      }
    }

    /**
     * Returns what is wrong with a result; null if nothing is. A result that names an unknown event
     * cannot be trusted at all, so no event is done.
     */
    private static @Nullable Throwable wrong(List<Member> members, @Nullable BatchResult result) {
      if (result == null) {
        return new NullPointerException(
            "the batch handler returned null: it must return a BatchResult, for"
                + " example BatchResult.allDone()");
      }
      Set<String> others = new TreeSet<>(result.failures().keySet());
      members.forEach(member -> others.remove(member.attempt.event().id()));
      return others.isEmpty()
          ? null
          : new IllegalStateException(
              "the batch's result names event "
                  + Printable.text(others.iterator().next())
                  + " as failed, but the batch has no such event: name failures by the"
                  + " ids of its events");
    }

    /** Releases the events of a batch that got no thread. */
    void giveBack(Throwable refused, Instant now) {
      List<Member> members;
      synchronized (this) {
        called = true;
        members = List.copyOf(wanted);
      }
      for (Member member : members) {
        member.attempt.interrupt(Attempt.Cause.STOPPED, now);
        member.processed.completeExceptionally(refused);
      }
    }
  }
}
