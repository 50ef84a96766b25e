package io.ratelimit.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Turns what several threads ask for at the same time into one call: while a call is on its way,
 * further questions wait, and go together with the next. A question that comes alone goes at once.
 * Thread-safe; nothing blocks.
 */
final class Coalescer<Q, A> {

  private final Function<List<Q>, CompletableFuture<List<A>>> call;
  private final BiPredicate<Q, Q> goTogether;
  private final ToIntFunction<Q> weight;
  private final int heaviestCall;
  private final Deque<Waiting<Q, A>> waiting = new ArrayDeque<>();
  private boolean calling;

  private record Waiting<Q, A>(Q question, CompletableFuture<A> answer) {}

  /**
   * @param call gives the answers in the order of the questions
   * @param goTogether whether two questions may go into one call
   * @param weight how much a question adds to a call
   * @param heaviestCall how much a call may hold, unless it is for one question
   */
  Coalescer(
      Function<List<Q>, CompletableFuture<List<A>>> call,
      BiPredicate<Q, Q> goTogether,
      ToIntFunction<Q> weight,
      int heaviestCall) {
    this.call = call;
    this.goTogether = goTogether;
    this.weight = weight;
    this.heaviestCall = heaviestCall;
  }

  /** Asks. A question whose answer is cancelled before it could be sent is never sent. */
  CompletableFuture<A> ask(Q question) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    synchronized (waiting) {
      waiting.addLast(new Waiting<>(question, answer));
    }
    callNext();
    return answer;
  }

  private void callNext() {
    List<Waiting<Q, A>> together;
    synchronized (waiting) {
      together = calling ? List.of() : next();
      if (together.isEmpty()) {
        return;
      }
      calling = true;
    }
    var unused =
        answers(together)
            .whenComplete(
                (answers, failure) -> {
                  synchronized (waiting) {
                    calling = false;
                  }
                  // The next call is on its way while these answers are handed out.
                  callNext();
                  for (int i = 0; i < together.size(); i++) {
                    if (failure == null) {
                      together.get(i).answer().complete(answers.get(i));
                    } else {
                      together.get(i).answer().completeExceptionally(failure);
                    }
                  }
                });
  }

  private CompletableFuture<List<A>> answers(List<Waiting<Q, A>> together) {
    try {
      return call.apply(together.stream().map(Waiting::question).toList());
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  /** Those that have waited longest, as many as go into a call. */
  private List<Waiting<Q, A>> next() {
    List<Waiting<Q, A>> together = new ArrayList<>();
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
    return together;
  }
}
