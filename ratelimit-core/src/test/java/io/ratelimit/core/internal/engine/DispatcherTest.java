package io.ratelimit.core.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.internal.queue.RequestIds;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.ForwardingEventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final VirtualTime time = VirtualTime.startingAt(NOW);
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();
  private final Lanes lanes = new Lanes(Optional.empty(), time);
  private final List<Lease> started = new ArrayList<>();
  private final List<Acknowledging.Succeeded> acknowledged = new ArrayList<>();
  private final List<Acknowledging.Succeeded> unheard = new ArrayList<>();
  private final Dispatcher.Settled settled =
      new Dispatcher.Settled() {
        @Override
        public void acknowledged(Acknowledging.Succeeded succeeded, Settlement settlement) {
          lanes.vacate(succeeded.attempt().lane());
          acknowledged.add(succeeded);
        }

        @Override
        public void unheard(Acknowledging.Succeeded succeeded, Throwable failure) {
          unheard.add(succeeded);
        }
      };
  private boolean goesOn;
  private int work;
  private int drained;
  private int sooner;

  private final Dispatcher dispatcher = dispatcherOver(queue);

  private Dispatcher dispatcherOver(EventQueue over) {
    return dispatcher(
        over,
        (lease, lane, isNext) -> {
          lanes.occupy(lane);
          started.add(lease);
        });
  }

  private Dispatcher dispatcher(EventQueue over, Dispatcher.Starter starter) {
    return new Dispatcher(
        over,
        "test",
        new RequestIds(),
        Duration.ofSeconds(15),
        WantedTypes.all(),
        lanes,
        starter,
        settled,
        () -> goesOn,
        () -> {},
        () -> work++,
        () -> drained++,
        () -> sooner++);
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      queue.publish(AuditEvent.of("event-" + i, EventType.OPEN_ORDER_DETECTED, "wallet"));
    }
  }

  @Test
  void asksAgainWhenTheLimitAllowsTheNextEventAndNotBefore() {
    publish(2);
    lanes.want(2);

    assertThat(dispatcher.run()).isEqualTo(NOW.plusSeconds(3));
    assertThat(dispatcher.run()).isEqualTo(NOW.plusSeconds(3));
    assertThat(started).hasSize(1);

    time.advanceTo(NOW.plusSeconds(3));
    dispatcher.run();
    assertThat(started).hasSize(2);
  }

  @Test
  void takesNothingWithoutAFreeLane() {
    publish(1);
    lanes.want(0);

    dispatcher.run();

    assertThat(started).isEmpty();
    assertThat(queue.stats().starts()).isZero();
  }

  @Test
  void saysThatTheQueueIsDrainedOnlyOnceNothingIsUnfinished() {
    publish(1);
    lanes.want(2);
    dispatcher.run();
    dispatcher.run();
    assertThat(drained).as("the event is still in hand").isZero();

    queue.ack(started.get(0));
    dispatcher.laneVacated();
    dispatcher.run();

    assertThat(drained).isEqualTo(1);
  }

  @Test
  void anEmptyQueueIsAskedAgainSoonOrWhenSomethingIsDue() {
    lanes.want(2);
    assertThat(dispatcher.run()).isEqualTo(NOW.plusSeconds(2));
    assertThat(dispatcher.answeredAt()).contains(NOW);
    assertThat(dispatcher.takenAt()).isEmpty();

    publish(1);
    dispatcher.queueChanged();
    assertThat(dispatcher.run()).as("the lease ends later").isEqualTo(NOW.plusSeconds(2));
    assertThat(dispatcher.takenAt()).contains(NOW);

    assertThat(queue.retry(started.get(0), Duration.ofSeconds(1), "later"))
        .isEqualTo(Settlement.SETTLED);
    dispatcher.queueChanged();
    assertThat(dispatcher.run()).as("the retry is due sooner").isEqualTo(NOW.plusSeconds(1));
  }

  @Test
  void anEmptyQueueIsAskedAsOftenAsItSaysHoweverLongNothingCame() {
    lanes.want(2);
    for (int polls = 0; polls < 10; polls++) {
      Instant next = dispatcher.run();
      assertThat(next).isEqualTo(time.now().plusSeconds(2));
      time.advanceTo(next);
    }

    Dispatcher one =
        dispatcherOver(
            new ForwardingEventQueue(queue) {
              @Override
              public Duration pollInterval() {
                return Duration.ofSeconds(7);
              }
            });
    assertThat(one.run()).isEqualTo(time.now().plusSeconds(7));
  }

  @Test
  void aPausedQueueIsAskedAgainSoonOrWhenThePauseEnds() {
    publish(1);
    lanes.want(1);
    queue.limitControl().pauseFor(Duration.ofSeconds(1));
    assertThat(dispatcher.run()).isEqualTo(NOW.plusSeconds(1));

    queue.limitControl().pause();
    dispatcher.queueChanged();
    assertThat(dispatcher.run()).isEqualTo(NOW.plusSeconds(2));
  }

  @Test
  void withoutAFreeLaneThereIsNothingToAskFor() {
    assertThat(dispatcher.run()).isEqualTo(NOW.plusSeconds(30));
    assertThat(dispatcher.answeredAt()).isEmpty();
  }

  @Test
  void aLongWaitIsNotTrustedToItsEndAsAWakeUpMayBeLost() {
    queue.limitControl().changeLimit(RateLimit.of(1).per(Duration.ofDays(1)));
    publish(2);
    lanes.want(2);
    assertThat(dispatcher.run()).isEqualTo(NOW.plusSeconds(30));

    queue.limitControl().changeLimit(RateLimit.of(20).perMinute());
    time.advanceTo(NOW.plusSeconds(30));
    dispatcher.run();
    assertThat(started).hasSize(2);
  }

  @Test
  void anEventThatCannotBeStartedDoesNotKeepOthersOfItsTakeWaiting() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    Dispatcher failing =
        dispatcher(
            queue,
            (lease, lane, isNext) -> {
              if (lane.number() == 1) {
                throw new OutOfMemoryError("no thread, on purpose");
              }
              started.add(lease);
            });
    publish(3);
    lanes.want(3);

    assertThatThrownBy(failing::run).isInstanceOf(OutOfMemoryError.class);
    assertThat(started).hasSize(2);
  }

  @Test
  void aRequestThatGotNoAnswerIsRepeatedUnlessLanesHaveBecomeFewer() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    FaultyQueue faulty = new FaultyQueue(queue);
    Dispatcher unlucky = dispatcherOver(faulty);
    publish(5);
    lanes.want(2);

    faulty.loseAnswersOfTakes(1);
    assertThatThrownBy(unlucky::run).isInstanceOf(QueueUnavailableException.class);
    unlucky.run();
    assertThat(started).hasSize(2);
    assertThat(queue.stats().starts()).as("paid for once").isEqualTo(2);

    lanes.want(4);
    faulty.loseAnswersOfTakes(1);
    assertThatThrownBy(unlucky::run).isInstanceOf(QueueUnavailableException.class);
    lanes.want(3);
    unlucky.run();
    assertThat(started).as("one lane is free, and gets one event").hasSize(3);
  }

  private final List<Boolean> startedNext = new ArrayList<>();

  private Dispatcher withAttempts(EventQueue over, List<Attempt> attempts) {
    return dispatcher(
        over,
        (lease, lane, isNext) -> {
          lanes.occupy(lane);
          started.add(lease);
          startedNext.add(isNext);
          attempts.add(new Attempt(lease, lane, Duration.ofMinutes(1), time, Runnable::run));
        });
  }

  private static Acknowledging.Succeeded succeeded(Attempt attempt) {
    return new Acknowledging.Succeeded(attempt, new AttemptOutcome.Done(), Duration.ofMillis(1));
  }

  @Test
  void aLaneThatSucceedsAcknowledgesAndGetsItsNextEventInTheSameCallAndThread() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    List<Attempt> attempts = new ArrayList<>();
    Dispatcher flying = withAttempts(queue, attempts);
    publish(3);
    lanes.want(1);
    flying.run();
    assertThat(startedNext).as("the loop has no time for an attempt").containsExactly(false);

    assertThat(flying.accept(succeeded(attempts.get(0)))).isTrue();

    assertThat(acknowledged).hasSize(1);
    assertThat(queue.stats().done()).isEqualTo(1);
    assertThat(startedNext).containsExactly(false, true);
    assertThat(started.get(1).event().id()).isEqualTo("event-1");
    assertThat(sooner).as("nobody else is needed").isZero();
  }

  /** A handler may be done before the thread that began it looks again. */
  @Test
  void whatIsDoneWhileTheLoopIsInTheAirIsAcknowledgedAtOnce() {
    List<Dispatcher> flying = new ArrayList<>();
    flying.add(
        dispatcher(
            queue,
            (lease, lane, isNext) -> {
              lanes.occupy(lane);
              Attempt attempt =
                  new Attempt(lease, lane, Duration.ofMinutes(1), time, Runnable::run);
              assertThat(flying.get(0).accept(succeeded(attempt))).isTrue();
            }));
    publish(1);
    lanes.want(2);

    assertThat(flying.get(0).run()).as("there is something to acknowledge").isEqualTo(NOW);
    assertThat(flying.get(0).run()).as("idle again").isEqualTo(NOW.plusSeconds(2));

    assertThat(acknowledged).hasSize(1);
    assertThat(queue.stats().done()).isEqualTo(1);
    assertThat(drained).isEqualTo(1);
  }

  @Test
  void whatChangesWhileTheLoopIsInTheAirIsAskedForAtOnce() {
    List<Dispatcher> flying = new ArrayList<>();
    flying.add(
        dispatcher(
            queue,
            (lease, lane, isNext) -> {
              lanes.occupy(lane);
              started.add(lease);
              flying.get(0).queueChanged();
            }));
    publish(1);
    lanes.want(2);

    assertThat(flying.get(0).run()).isEqualTo(NOW);
  }

  @Test
  void whoeverGoesOnLeavesItsAcknowledgementUntilItHasNothingElseToDo() {
    List<Attempt> attempts = new ArrayList<>();
    Dispatcher flying = withAttempts(queue, attempts);
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    publish(3);
    lanes.want(3);
    flying.run();
    assertThat(flying.look()).as("nothing waits").isFalse();

    goesOn = true;
    assertThat(flying.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(flying.accept(succeeded(attempts.get(1)))).isTrue();
    assertThat(acknowledged).isEmpty();
    flying.fly();

    assertThat(acknowledged).hasSize(2);
    flying.fly();
    assertThat(acknowledged).as("nothing is left").hasSize(2);
  }

  @Test
  void whatIsLeftButNotDoneIsLeftToTheLoopByTheSecondLook() {
    List<Attempt> attempts = new ArrayList<>();
    Dispatcher flying = withAttempts(queue, attempts);
    publish(1);
    lanes.want(2);
    flying.run();
    goesOn = true;
    boolean unused = flying.look();
    assertThat(flying.accept(succeeded(attempts.get(0)))).isTrue();

    assertThat(flying.look()).isTrue();
    assertThat(flying.look()).isTrue();
    assertThat(sooner).isPositive();
    flying.run();

    assertThat(acknowledged).hasSize(1);
    assertThat(flying.look()).isFalse();
  }

  @Test
  void theLoopHearsOfATimeThatComesBeforeItsOwn() {
    List<Attempt> attempts = new ArrayList<>();
    Dispatcher flying = withAttempts(queue, attempts);
    publish(2);
    lanes.want(1);
    flying.run();
    assertThat(flying.run()).as("no lane is free").isEqualTo(NOW.plusSeconds(30));

    assertThat(flying.accept(succeeded(attempts.get(0)))).isTrue();

    assertThat(sooner).isEqualTo(1);
    assertThat(flying.run()).as("the limit").isEqualTo(NOW.plusSeconds(3));
  }

  @Test
  void theLoopHearsOfATimeThatComesBeforeTheOneAfterItsFlight() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(2));
    List<Attempt> attempts = new ArrayList<>();
    Dispatcher flying = withAttempts(queue, attempts);
    publish(1);
    lanes.want(1);
    flying.run();
    queue.publish(AuditEvent.of("later-1", EventType.OPEN_ORDER_DETECTED, "wallet"));
    queue.publish(AuditEvent.of("later-2", EventType.OPEN_ORDER_DETECTED, "wallet"));

    assertThat(flying.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(flying.accept(succeeded(attempts.get(1)))).isTrue();

    assertThat(started).hasSize(2);
    assertThat(sooner).as("the limit allows one before the loop would look").isPositive();
  }

  @Test
  void aFlightThatFailsLeavesTakingToTheLoopAndSettlingToTheLanes() {
    FaultyQueue faulty = new FaultyQueue(queue);
    List<Attempt> attempts = new ArrayList<>();
    Dispatcher flying = withAttempts(faulty, attempts);
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    publish(3);
    lanes.want(2);
    flying.run();

    faulty.setDown(true);
    assertThat(flying.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(unheard).hasSize(1);
    assertThat(sooner).isEqualTo(1);
    assertThat(flying.accept(succeeded(attempts.get(1)))).as("settles itself").isFalse();
    assertThatThrownBy(flying::run).isInstanceOf(QueueUnavailableException.class);

    faulty.setDown(false);
    lanes.vacate(attempts.get(1).lane());
    flying.run();
    assertThat(started).hasSize(3);
    assertThat(flying.accept(succeeded(attempts.get(2)))).isTrue();
  }

  @Test
  void afterItsStopItAcknowledgesAndTakesNothing() {
    List<Attempt> attempts = new ArrayList<>();
    Dispatcher flying = withAttempts(queue, attempts);
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    publish(2);
    lanes.want(1);
    flying.run();

    flying.stop();
    goesOn = true;

    assertThat(flying.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(acknowledged).hasSize(1);
    assertThat(started).hasSize(1);
  }
}
