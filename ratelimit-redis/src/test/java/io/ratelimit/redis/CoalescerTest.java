package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // The calls tell.
class CoalescerTest {

  private record Call(List<String> questions, CompletableFuture<List<String>> answers) {
    void answer() {
      answers.complete(questions.stream().map(question -> "answer to " + question).toList());
    }
  }

  private final List<Call> calls = new ArrayList<>();
  private final Coalescer<String, String> coalescer =
      new Coalescer<>(
          this::call, (one, other) -> one.endsWith("!") == other.endsWith("!"), String::length, 4);

  private CompletableFuture<List<String>> call(List<String> questions) {
    if (questions.contains("?")) {
      throw new IllegalStateException("not sent");
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
  void underManyThreadsEachGetsItsOwnAnswer() {
    Coalescer<Integer, Integer> squares =
        new Coalescer<>(
            numbers ->
                CompletableFuture.supplyAsync(() -> numbers.stream().map(n -> n * n).toList()),
            (one, other) -> true,
            number -> 1,
            10);

    List<Integer> wrong =
        IntStream.range(0, 20_000)
            .parallel()
            .filter(n -> squares.ask(n).join() != n * n)
            .boxed()
            .toList();

    assertThat(wrong).isEmpty();
  }
}
