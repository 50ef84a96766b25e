package io.ratelimit.redis.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // The calls record them.
class CoalescerTest {

  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final VirtualTime time = VirtualTime.startingAt(Instant.EPOCH);

  private record Call(List<String> questions, CompletableFuture<List<String>> answers) {
    void answer() {
      answers.complete(questions.stream().map(question -> "answer to " + question).toList());
    }
  }

  private final List<Call> calls = new ArrayList<>();
  private final Coalescer<String, String> coalescer =
      new Coalescer<>(
          this::call,
          (one, other) -> one.endsWith("!") == other.endsWith("!"),
          String::length,
          4,
          LONGEST,
          time);

  private CompletableFuture<List<String>> call(List<String> questions) {
    if (questions.contains("?")) {
      throw new IllegalStateException("not sent");
    }
    if (questions.contains("#")) {
      throw new StackOverflowError("thrown on purpose");
    }
    Call call = new Call(questions, new CompletableFuture<>());
    calls.add(call);
    return call.answers();
  }

  @Test
  void whatComesAloneGoesAtOnce() {
    CompletableFuture<String> a = coalescer.ask("a");
    calls.get(0).answer();
    CompletableFuture<String> b = coalescer.ask("b");
    calls.get(1).answer();

    assertThat(a).isCompletedWithValue("answer to a");
    assertThat(b).isCompletedWithValue("answer to b");
  }

  @Test
  void whatComesDuringACallGoesTogetherInOrder() {
    CompletableFuture<String> a = coalescer.ask("a");
    CompletableFuture<String> b = coalescer.ask("b");
    CompletableFuture<String> c = coalescer.ask("c");
    assertThat(calls).hasSize(1);

    calls.get(0).answer();
    assertThat(a).isCompletedWithValue("answer to a");
    assertThat(calls).hasSize(2);
    assertThat(calls.get(1).questions()).containsExactly("b", "c");
    calls.get(1).answer();

    assertThat(b).isCompletedWithValue("answer to b");
    assertThat(c).isCompletedWithValue("answer to c");
  }

  @Test
  void aCallHoldsNoMoreThanItMayUnlessForOneQuestion() {
    coalescer.ask("a");
    for (String question : List.of("bb", "cc", "d", "eeeeee", "f")) {
      coalescer.ask(question);
    }
    for (int n = 0; n < calls.size(); n++) {
      calls.get(n).answer();
    }

    assertThat(calls.stream().map(Call::questions))
        .containsExactly(
            List.of("a"), List.of("bb", "cc"), List.of("d"), List.of("eeeeee"), List.of("f"));
  }

  @Test
  void whatDoesNotGoTogetherKeepsItsTurn() {
    coalescer.ask("a");
    for (String question : List.of("b", "c!", "d!", "e")) {
      coalescer.ask(question);
    }
    for (int n = 0; n < calls.size(); n++) {
      calls.get(n).answer();
    }

    assertThat(calls.stream().map(Call::questions))
        .containsExactly(List.of("a"), List.of("b"), List.of("c!", "d!"), List.of("e"));
  }

  @Test
  void nobodyIsAskedForWhoseAnswerIsNoLongerWanted() {
    coalescer.ask("a");
    coalescer.ask("b").cancel(true);
    coalescer.ask("c");
    calls.get(0).answer();

    assertThat(calls.get(1).questions()).containsExactly("c");
  }

  @Test
  void afterACallThatFailsTheNextGoes() {
    CompletableFuture<String> a = coalescer.ask("a");
    CompletableFuture<String> b = coalescer.ask("b");
    calls.get(0).answers().completeExceptionally(new IllegalStateException("lost"));
    calls.get(1).answer();

    assertThat(a).isCompletedExceptionally();
    assertThat(b).isCompletedWithValue("answer to b");
  }

  @Test
  void afterACallThatCannotBeSentTheNextGoes() {
    CompletableFuture<String> refused = coalescer.ask("?");
    CompletableFuture<String> a = coalescer.ask("a");
    calls.get(0).answer();

    assertThat(refused).isCompletedExceptionally();
    assertThat(a).isCompletedWithValue("answer to a");
  }

  @Test
  void anErrorIsAnAnswerToAllThatGoTogether() {
    CompletableFuture<String> a = coalescer.ask("a");
    CompletableFuture<String> bad = coalescer.ask("#");
    CompletableFuture<String> beside = coalescer.ask("b");
    calls.get(0).answer();
    CompletableFuture<String> later = coalescer.ask("c");
    calls.get(1).answer();

    assertThat(a).isCompletedWithValue("answer to a");
    assertThat(bad).isCompletedExceptionally();
    assertThat(beside).isCompletedExceptionally();
    assertThat(later).isCompletedWithValue("answer to c");
  }

  @Test
  void aCallWithTooFewAnswersFailsForAll() {
    CompletableFuture<String> a = coalescer.ask("a");
    CompletableFuture<String> b = coalescer.ask("b");
    CompletableFuture<String> c = coalescer.ask("c");
    calls.get(0).answer();
    calls.get(1).answers().complete(List.of("one of two"));

    assertThat(a).isCompletedWithValue("answer to a");
    assertThat(b).isCompletedExceptionally();
    assertThat(c).isCompletedExceptionally();
    coalescer.ask("d");
    assertThat(calls).hasSize(3);
  }

  @Test
  void aCallThatNothingBecomesOfIsGivenUpAndTheNextGoes() {
    CompletableFuture<String> a = coalescer.ask("a");
    CompletableFuture<String> b = coalescer.ask("b");
    time.advance(LONGEST);
    coalescer.ask("c");
    assertThat(calls).as("it may still be answered").hasSize(1);
    time.advance(Duration.ofNanos(1));
    CompletableFuture<String> d = coalescer.ask("d");

    assertThatThrownBy(a::join).hasRootCauseInstanceOf(TimeoutException.class);
    assertThat(calls.get(0).answers()).isCancelled();
    assertThat(calls).hasSize(2);
    assertThat(calls.get(1).questions()).containsExactly("b", "c", "d");
    calls.get(1).answer();
    assertThat(b).isCompletedWithValue("answer to b");
    assertThat(d).isCompletedWithValue("answer to d");
  }

  /** Many waiting questions, each in a separate call that fails at once. */
  @Test
  void manyCallsThatFailAtOnceNeedNoStack() {
    AtomicInteger sent = new AtomicInteger();
    CompletableFuture<List<String>> first = new CompletableFuture<>();
    Coalescer<String, String> failing =
        new Coalescer<>(
            questions -> {
              if (sent.incrementAndGet() == 1) {
                return first;
              }
              throw new IllegalStateException("not sent");
            },
            (one, other) -> true,
            question -> 1,
            1,
            LONGEST,
            time);
    List<CompletableFuture<String>> all = new ArrayList<>();
    for (int n = 0; n < 20_000; n++) {
      all.add(failing.ask("q"));
    }
    first.complete(List.of("answer"));

    assertThat(all).allMatch(CompletableFuture::isDone);
    assertThat(sent).hasValue(20_000);
  }

  /** At each depth of the last stack frames, another line throws an Error. */
  @Test
  void whereverTheStackEndsOthersAreAnswered() throws InterruptedException {
    Coalescer<String, String> shared =
        new Coalescer<>(
            questions -> CompletableFuture.completedFuture(questions),
            (one, other) -> true,
            question -> 1,
            4,
            LONGEST,
            time);
    AtomicInteger overflows = new AtomicInteger();
    Thread deep = new Thread(null, () -> askWhereItEnds(shared, overflows), "deep", 256_000);
    deep.start();
    deep.join();

    assertThat(overflows.get()).isPositive();
    time.advance(LONGEST.plusNanos(1));
    for (int n = 0; n < 10; n++) {
      assertThat(shared.ask("q")).isCompletedWithValue("q");
    }
  }

  @SuppressWarnings("InfiniteRecursion") // Stack overflow is the purpose of the test.
  private static void askWhereItEnds(Coalescer<String, String> shared, AtomicInteger overflows) {
    try {
      askWhereItEnds(shared, overflows);
    } catch (StackOverflowError end) {
      // Each frame above leaves a little more stack for the next.
    }
    if (overflows.get() < 200) {
      try {
        shared.ask("deep");
      } catch (StackOverflowError end) {
        overflows.incrementAndGet();
      }
    }
  }

  @Test
  void underManyThreadsEachGetsItsOwnAnswer() {
    Coalescer<Integer, Integer> squares =
        new Coalescer<>(
            numbers ->
                CompletableFuture.supplyAsync(() -> numbers.stream().map(n -> n * n).toList()),
            (one, other) -> true,
            number -> 1,
            10,
            LONGEST,
            time);

    List<Integer> wrong =
        IntStream.range(0, 20_000)
            .parallel()
            .filter(n -> squares.ask(n).join() != n * n)
            .boxed()
            .toList();

    assertThat(wrong).isEmpty();
  }
}
