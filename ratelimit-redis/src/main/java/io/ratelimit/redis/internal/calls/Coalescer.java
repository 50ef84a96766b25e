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
 * Turns what several threads ask for at the same time into one call: while a call is on its way,
 * further questions wait, and go together with the next. A question that comes alone goes at once.
 * Whatever is thrown, the next call goes: one that nothing becomes of fails at the first question
 * after its time. Thread-safe; nothing blocks.
 */
final class Coalescer<Q, A> {

  private final Function<List<Q>, CompletableFuture<List<A>>> call;
  private final BiPredicate<Q, Q> goTogether;
  private final ToIntFunction<Q> weight;
  private final int heaviestCall;
  private final Duration longestCall;
  private final Time time;
  // Guards itself and `onItsWay`.
  private final Deque<Waiting<Q, A>> waiting = new ArrayDeque<>();
  private @Nullable Call onItsWay;

  private record Waiting<Q, A>(Q question, CompletableFuture<A> answer) {}

  /**
   * @param call gives the answers in the order of the questions; cancelled when its time is over
   * @param goTogether whether two questions may go into one call
   * @param weight how much a question adds to a call
   * @param heaviestCall how much a call may hold, unless it is for one question
   * @param longestCall after which time a call has failed, and holds up no other
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

  /** Asks. A question whose answer is cancelled before it could be sent is never sent. */
  CompletableFuture<A> ask(Q question) {
    return askAll(List.of(question)).get(0);
  }

  /** Asks several questions, as if at the same moment. */
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
      // Nobody waits for them any more.
      answers.forEach(answer -> answer.cancel(false));
      throw failure;
    }
    return answers;
  }

  private void callNext() {
    Call next = begin();
    while (next != null) {
      next.send();
      // One that fails while it is sent is followed from here, not from inside it: many may wait.
      next = begin();
    }
  }

  /** Returns the next call, unless one is on its way or nobody waits. */
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
   * One call, and those whom it answers. An Error may come from any line, of a stack that ends
   * there for example; what it leaves behind is overdue one day.
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

    /** As many of those that have waited longest as go into a call. */
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
        // The next call is on its way while these answers are handed out.
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
