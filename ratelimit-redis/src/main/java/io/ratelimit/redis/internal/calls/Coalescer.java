package io.ratelimit.redis.internal.calls;

import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Combines concurrent questions of several threads into one call: while a call is in flight,
 * further questions wait and go together with the next call. A single question goes at once. No
 * exception stops later calls: a call that never completes fails when the first question after its
 * timeout arrives. Thread-safe; nothing blocks.
 */
final class Coalescer<Q, A> {

  private final Function<List<Q>, CompletableFuture<List<A>>> call;
  private final BiPredicate<Q, Q> goTogether;
  private final ToIntFunction<Q> weight;
  private final int heaviestCall;
  private final Duration longestCall;
  private final Time time;
  // Also guards `onItsWay`.
  private final Deque<Waiting<Q, A>> waiting = new ArrayDeque<>();
  private @Nullable Call onItsWay;

  private record Waiting<Q, A>(Q question, CompletableFuture<A> answer) {}

  /**
   * @param call returns the answers in the order of the questions; canceled at its timeout
   * @param goTogether whether two questions may go into one call
   * @param weight the weight of a question
   * @param heaviestCall the most weight of a call with several questions
   * @param longestCall the timeout after which a call has failed and delays no other
   */
  Coalescer(
      Function<List<Q>, CompletableFuture<List<A>>> call,
      BiPredicate<Q, Q> goTogether,
      ToIntFunction<Q> weight,
      int heaviestCall,
      Duration longestCall,
      Time time) {
    this.call = call;
    this.goTogether = goTogether;
    this.weight = weight;
    this.heaviestCall = heaviestCall;
    this.longestCall = longestCall;
    this.time = time;
  }

  /** Asks a question. It is never sent if its answer is canceled first. */
  CompletableFuture<A> ask(Q question) {
    return askAll(List.of(question)).get(0);
  }

  /** Asks several questions at the same moment. */
  List<CompletableFuture<A>> askAll(List<Q> questions) {
    List<CompletableFuture<A>> answers = new ArrayList<>(questions.size());
    synchronized (waiting) {
      for (Q question : questions) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        answers.add(answer);
        waiting.addLast(new Waiting<>(question, answer));
      }
    }
    try {
      callNext();
    } catch (RuntimeException | Error failure) {
      // Drops questions that nobody waits for any more.
      answers.forEach(answer -> answer.cancel(false));
      throw failure;
    }
    return answers;
  }

  private void callNext() {
    Call next = begin();
    while (next != null) {
      next.send();
      // If a call fails while it is sent, the next one starts here, not recursively: many may wait.
      next = begin();
    }
  }

  /** Returns the next call, unless one is in flight or nobody waits. */
  private @Nullable Call begin() {
    Call overdue;
    Call next = null;
    synchronized (waiting) {
      overdue = onItsWay;
      if (waiting.isEmpty() || (overdue != null && !overdue.isOverdue())) {
        return null;
      }
      Call beginning = new Call(time.now().plus(longestCall));
      beginning.collect();
      onItsWay = beginning.together.isEmpty() ? null : beginning;
      next = onItsWay;
    }
    if (overdue != null) {
      overdue.giveUp();
    }
    return next;
  }

  /**
   * A call and the questions that it answers. Any line may throw an Error, for example on stack
   * overflow; what such a call leaves behind ends at its timeout.
   */
  private final class Call {

    private final Instant until;
    private final CompletableFuture<List<A>> reply = new CompletableFuture<>();
    private final List<Waiting<Q, A>> together = new ArrayList<>();
    private volatile @Nullable Thread sender;
    private volatile @Nullable CompletableFuture<List<A>> answers;

    Call(Instant until) {
      this.until = until;
    }

    boolean isOverdue() {
      return time.now().isAfter(until);
    }

    void giveUp() {
      reply.completeExceptionally(new TimeoutException("no answer within " + longestCall));
      handOut(null, new TimeoutException("no answer within " + longestCall));
      CompletableFuture<List<A>> unanswered = answers;
      if (unanswered != null) {
        unanswered.cancel(true);
      }
    }

    /** Collects the questions that have waited longest, as many as fit into a call. */
    void collect() {
      int sum = 0;
      while (!waiting.isEmpty()) {
        Waiting<Q, A> first = waiting.getFirst();
        if (!first.answer().isDone()) {
          sum += weight.applyAsInt(first.question());
          if (!together.isEmpty()
              && (sum > heaviestCall
                  || !goTogether.test(together.get(0).question(), first.question()))) {
            break;
          }
          together.add(first);
        }
        waiting.removeFirst();
      }
    }

    void send() {
      sender = Thread.currentThread();
      try {
        var unused = reply.whenComplete(this::conclude);
        CompletableFuture<List<A>> sent =
            call.apply(together.stream().map(Waiting::question).toList());
        answers = sent;
        var unusedToo =
            sent.whenComplete(
                (value, failure) -> {
                  if (failure == null) {
                    reply.complete(value);
                  } else {
                    reply.completeExceptionally(failure);
                  }
                });
      } catch (Throwable failure) {
        reply.completeExceptionally(failure);
      } finally {
        sender = null;
      }
    }

    private void conclude(@Nullable List<A> value, @Nullable Throwable failure) {
      synchronized (waiting) {
        if (onItsWay == this) {
          onItsWay = null;
        }
      }
      try {
        // Sends the next call before it hands out these answers.
        if (sender != Thread.currentThread()) {
          callNext();
        }
      } finally {
        handOut(value, failure);
      }
    }

    private void handOut(@Nullable List<A> value, @Nullable Throwable failure) {
      Throwable fault = failure;
      if (value != null && value.size() != together.size()) {
        fault =
            new IllegalStateException(
                value.size() + " answers to " + together.size() + " questions");
      }
      for (int i = 0; i < together.size(); i++) {
        if (fault == null && value != null) {
          together.get(i).answer().complete(value.get(i));
        } else {
          together.get(i).answer().completeExceptionally(fault);
        }
      }
    }
  }
}
