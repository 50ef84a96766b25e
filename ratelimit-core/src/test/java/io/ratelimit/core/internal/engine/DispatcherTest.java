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
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final VirtualTime time = VirtualTime.startingAt(NOW);
  private final InMemoryEventQueue queue =
      InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build();
  private final Lanes lanes = new Lanes(Optional.empty(), time);
  private final Pace pace = new Pace();
  private final List<Lease> started = new ArrayList<>();
  private final List<Acknowledging.Succeeded> acknowledged = new ArrayList<>();
  private final List<Acknowledging.Succeeded> unheard = new ArrayList<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Boolean> startedNext = new ArrayList<>();
  private final List<Attempt> givenBack = new ArrayList<>();
  private boolean goesOn;
  private boolean isQuick;
  private int mayTakeAhead;
  private int lookedAfter;
  private int work;
  private int drained;
  private int sooner;

  private final Dispatcher dispatcher = dispatcherOver(queue);

  /** Holds and starts all attempts without waiting for them. */
  private class TestCrew implements Dispatcher.Crew {
    @Override
    public int mostAhead() {
      return mayTakeAhead;
    }

    @Override
    public boolean isQuick() {
      return isQuick;
    }

    @Override
    public void extendOverdue() {}

    @Override
    public Attempt hold(Lease lease) {
      return new Attempt(lease, Duration.ofMinutes(1), time, Runnable::run);
    }

    @Override
    public void start(Attempt attempt, Lane lane, boolean isNext) {
      attempt.enter(lane);
      started.add(attempt.lease());
      attempts.add(attempt);
      startedNext.add(isNext);
    }

    @Override
    public void giveBack(Collection<Attempt> unmade) {
      for (Attempt each : unmade) {
        givenBack.add(each);
        assertThat(queue.release(each.lease())).isEqualTo(Settlement.SETTLED);
      }
    }

    @Override
    public void lookAfter() {
      lookedAfter++;
    }

    @Override
    public boolean goesOn() {
      return goesOn;
    }

    @Override
    public void acknowledged(Acknowledging.Succeeded succeeded, Settlement settlement) {
      acknowledged.add(succeeded);
    }

    @Override
    public void unheard(Acknowledging.Succeeded succeeded, Throwable failure) {
      unheard.add(succeeded);
    }
  }

  private Dispatcher dispatcherOver(EventQueue over) {
    return dispatcher(over, new TestCrew());
  }

  private Dispatcher dispatcher(EventQueue over, Dispatcher.Crew crew) {
    return new Dispatcher(
        over,
        "test",
        new RequestIds(),
        Duration.ofSeconds(15),
        WantedTypes.all(),
        lanes,
        pace,
        crew,
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
            new TestCrew() {
              @Override
              public void start(Attempt attempt, Lane lane, boolean isNext) {
                if (lane.number() == 1) {
                  throw new OutOfMemoryError("no thread, on purpose");
                }
                super.start(attempt, lane, isNext);
              }
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

  private static Acknowledging.Succeeded succeeded(Attempt attempt) {
    return new Acknowledging.Succeeded(attempt, new AttemptOutcome.Done(), Duration.ofMillis(1));
  }

  @Test
  void aLaneThatSucceedsAcknowledgesAndGetsItsNextEventInTheSameCallAndThread() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    publish(3);
    lanes.want(1);
    dispatcher.run();
    assertThat(startedNext).as("the loop has no time for an attempt").containsExactly(false);

    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();

    assertThat(acknowledged).hasSize(1);
    assertThat(queue.stats().done()).isEqualTo(1);
    assertThat(startedNext).containsExactly(false, true);
    assertThat(started.get(1).event().id()).isEqualTo("event-1");
    assertThat(sooner).as("nobody else is needed").isZero();
  }

  /** A handler may finish before the thread that began it looks again. */
  @Test
  void whatIsDoneBeforeTheLoopHasStartedTheOthersIsAcknowledgedAtOnce() {
    List<Dispatcher> flying = new ArrayList<>();
    flying.add(
        dispatcher(
            queue,
            new TestCrew() {
              @Override
              public void start(Attempt attempt, Lane lane, boolean isNext) {
                super.start(attempt, lane, isNext);
                assertThat(flying.get(0).accept(succeeded(attempt))).isTrue();
              }
            }));
    publish(1);
    lanes.want(2);

    assertThat(flying.get(0).run()).as("idle again").isEqualTo(NOW.plusSeconds(2));

    assertThat(acknowledged).hasSize(1);
    assertThat(queue.stats().done()).isEqualTo(1);
    assertThat(drained).isEqualTo(1);
  }

  @Test
  void whatIsDoneWhileTheLoopIsInTheAirIsAcknowledgedWithItsNextFlight() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    List<Dispatcher> flying = new ArrayList<>();
    flying.add(
        dispatcherOver(
            new ForwardingEventQueue(queue) {
              @Override
              public TakeResult take(TakeRequest request) {
                TakeResult taken = super.take(request);
                if (attempts.size() == 1) {
                  assertThat(flying.get(0).accept(succeeded(attempts.get(0)))).isTrue();
                  assertThat(acknowledged).isEmpty();
                }
                return taken;
              }
            }));
    publish(2);
    lanes.want(1);
    flying.get(0).run();
    lanes.want(2);

    assertThat(flying.get(0).run()).as("there is something to acknowledge").isEqualTo(NOW);
    flying.get(0).run();

    assertThat(started).hasSize(2);
    assertThat(acknowledged).hasSize(1);
  }

  @Test
  void whatChangesWhileTheLoopIsInTheAirIsAskedForAtOnce() {
    List<Dispatcher> flying = new ArrayList<>();
    flying.add(
        dispatcher(
            queue,
            new TestCrew() {
              @Override
              public void start(Attempt attempt, Lane lane, boolean isNext) {
                super.start(attempt, lane, isNext);
                flying.get(0).queueChanged();
              }
            }));
    publish(1);
    lanes.want(2);

    assertThat(flying.get(0).run()).isEqualTo(NOW);
  }

  @Test
  void whoeverGoesOnLeavesItsAcknowledgementUntilItHasNothingElseToDo() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    publish(3);
    lanes.want(3);
    dispatcher.run();
    assertThat(dispatcher.look()).as("nothing waits").isFalse();

    goesOn = true;
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(dispatcher.accept(succeeded(attempts.get(1)))).isTrue();
    assertThat(acknowledged).isEmpty();
    dispatcher.fly();

    assertThat(acknowledged).hasSize(2);
    dispatcher.fly();
    assertThat(acknowledged).as("nothing is left").hasSize(2);
  }

  @Test
  void whatIsLeftButNotDoneIsLeftToTheLoopByTheSecondLook() {
    publish(1);
    lanes.want(2);
    dispatcher.run();
    goesOn = true;
    boolean unused = dispatcher.look();
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();

    assertThat(dispatcher.look()).isTrue();
    assertThat(dispatcher.look()).isTrue();
    assertThat(sooner).isPositive();
    dispatcher.run();

    assertThat(acknowledged).hasSize(1);
    assertThat(dispatcher.look()).isFalse();
  }

  @Test
  void theLoopHearsOfATimeThatComesBeforeItsOwn() {
    publish(2);
    lanes.want(1);
    dispatcher.run();
    assertThat(dispatcher.run()).as("no lane is free").isEqualTo(NOW.plusSeconds(30));

    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();

    assertThat(sooner).isEqualTo(1);
    assertThat(dispatcher.run()).as("the limit").isEqualTo(NOW.plusSeconds(3));
  }

  @Test
  void theLoopHearsOfATimeThatComesBeforeTheOneAfterItsFlight() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(2));
    publish(1);
    lanes.want(1);
    dispatcher.run();
    queue.publish(AuditEvent.of("later-1", EventType.OPEN_ORDER_DETECTED, "wallet"));
    queue.publish(AuditEvent.of("later-2", EventType.OPEN_ORDER_DETECTED, "wallet"));

    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(dispatcher.accept(succeeded(attempts.get(1)))).isTrue();

    assertThat(started).hasSize(2);
    assertThat(sooner).as("the limit allows one before the loop would look").isPositive();
  }

  @Test
  void aFlightThatFailsLeavesTakingToTheLoopAndSettlingToTheLanes() {
    FaultyQueue faulty = new FaultyQueue(queue);
    Dispatcher flying = dispatcherOver(faulty);
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
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    publish(2);
    lanes.want(1);
    dispatcher.run();

    dispatcher.stop();
    goesOn = true;

    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(acknowledged).hasSize(1);
    assertThat(started).hasSize(1);
  }

  private void lanesWithEventsAhead(int count, int events, int more) {
    queue.limitControl().changeLimit(RateLimit.of(1_000).perMinute().withBurst(1_000));
    publish(events);
    lanes.want(count);
    mayTakeAhead = more;
    expectBrief();
    goesOn = true;
    dispatcher.run();
  }

  /** Returns a pace that has seen so many brief attempts that it allows any number ahead. */
  private void expectBrief() {
    int unused = pace.ahead(NOW.minusMillis(4));
    for (int n = 0; n < 16_000; n++) {
      pace.succeeded(Duration.ofMillis(1));
    }
  }

  private List<String> startedIds() {
    return started.stream().map(lease -> lease.event().id()).toList();
  }

  @Test
  void eachLaneThatComesFreeGetsTheFirstOfWhatWasTakenAhead() {
    lanesWithEventsAhead(2, 6, 3);
    assertThat(queue.stats().leased()).isEqualTo(5);
    assertThat(startedIds()).containsExactly("event-0", "event-1");
    assertThat(lookedAfter).isEqualTo(1);

    assertThat(dispatcher.accept(succeeded(attempts.get(1)))).isTrue();
    assertThat(attempts.get(2).lane().number()).as("the lane that came free").isEqualTo(2);
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(dispatcher.accept(succeeded(attempts.get(2)))).isTrue();

    assertThat(startedIds()).containsExactly("event-0", "event-1", "event-2", "event-3", "event-4");
    assertThat(startedNext).containsExactly(false, false, true, true, true);
    assertThat(lanes.busy()).isEqualTo(2);
    assertThat(acknowledged).isEmpty();
    dispatcher.fly();
    assertThat(acknowledged).hasSize(3);
    assertThat(queue.stats().starts()).as("the last one is ahead").isEqualTo(6);
    assertThat(started).hasSize(5);
  }

  @Test
  void anAttemptsTimeRunsFromWhenItGetsItsLane() {
    lanesWithEventsAhead(1, 2, 1);
    time.advance(Duration.ofMillis(3));

    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();

    assertThat(attempts.get(1).startedAt()).isEqualTo(NOW.plusMillis(3));
    assertThat(attempts.get(1).deadline()).isEqualTo(NOW.plusMillis(3).plusSeconds(60));
  }

  @Test
  void aLaneThatEndsInAnotherWayGetsWhatWasTakenAhead() {
    lanesWithEventsAhead(1, 3, 2);

    lanes.vacate(attempts.get(0).lane());
    dispatcher.laneVacated();

    assertThat(startedIds()).containsExactly("event-0", "event-1");
    assertThat(lanes.busy()).isEqualTo(1);
  }

  @Test
  void lanesThatAreAddedGetWhatWasTakenAheadBeforeAnythingIsTaken() {
    lanesWithEventsAhead(1, 10, 2);

    lanes.want(5);
    dispatcher.run();

    assertThat(startedIds().subList(0, 3)).containsExactly("event-0", "event-1", "event-2");
    assertThat(lanes.busy()).isEqualTo(5);
  }

  @Test
  void theLoopIsCalledOnceWhenHalfOfWhatWasTakenAheadIsLeft() {
    lanesWithEventsAhead(2, 30, 4);
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(sooner).as("three of four are left").isZero();
    assertThat(dispatcher.accept(succeeded(attempts.get(1)))).isTrue();
    assertThat(dispatcher.accept(succeeded(attempts.get(2)))).isTrue();
    assertThat(sooner).isEqualTo(1);
    assertThat(acknowledged).isEmpty();

    dispatcher.run();

    assertThat(acknowledged).as("in the same call").hasSize(3);
    assertThat(queue.stats().leased()).isEqualTo(2 + 4);
    assertThat(lanes.busy()).isEqualTo(2);
  }

  @Test
  void lanesThatGoOnGetAllInOrderAndNoMoreIsHeldThanMayBe() {
    lanesWithEventsAhead(3, 60, 5);
    for (int n = 0; n < 60; n++) {
      assertThat(dispatcher.accept(succeeded(attempts.get(n)))).isTrue();
      if (sooner > 0) {
        sooner = 0;
        dispatcher.run();
      }
      assertThat(queue.stats().leased()).isLessThanOrEqualTo(3 + 5);
    }
    dispatcher.fly();

    assertThat(startedIds())
        .isEqualTo(IntStream.range(0, 60).mapToObj(number -> "event-" + number).toList());
    assertThat(queue.stats().done()).isEqualTo(60);
  }

  @Test
  void theLoopIsNotCalledForMoreWhereThatTakesLongerThanAnAttempt() {
    isQuick = true;
    lanesWithEventsAhead(1, 30, 4);
    for (int n = 0; n < 4; n++) {
      assertThat(dispatcher.accept(succeeded(attempts.get(n)))).isTrue();
    }
    assertThat(sooner).isZero();
  }

  @Test
  void theLoopIsNotCalledForMoreWhereTheQueueHasNoMore() {
    lanesWithEventsAhead(1, 5, 8);
    assertThat(queue.stats().leased()).isEqualTo(5);
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(dispatcher.accept(succeeded(attempts.get(1)))).isTrue();
    assertThat(sooner).isZero();

    dispatcher.queueChanged();
    assertThat(dispatcher.accept(succeeded(attempts.get(2)))).isTrue();
    assertThat(sooner).as("it may have more now").isEqualTo(1);
  }

  @Test
  void aChangeDoesNotKeepTheLoopRunningWhileEnoughIsAhead() {
    lanesWithEventsAhead(2, 30, 4);

    dispatcher.queueChanged();

    assertThat(dispatcher.run()).isAfter(NOW);
    assertThat(queue.stats().starts()).as("nothing was taken").isEqualTo(6);
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(dispatcher.accept(succeeded(attempts.get(1)))).isTrue();
    assertThat(sooner).as("half is left").isEqualTo(1);
  }

  @Test
  void aLaneThatEndsInAnotherWayGoesOnAndLeavesTheQueueToTheLoop() {
    lanesWithEventsAhead(1, 30, 2);
    lanes.vacate(attempts.get(0).lane());

    dispatcher.laneVacated();

    assertThat(started).hasSize(2);
    assertThat(queue.stats().starts()).as("nothing was taken").isEqualTo(3);
    assertThat(sooner).as("half is left").isEqualTo(1);
  }

  @Test
  void whatIsNotHeardIsWithheldBeforeAnybodyFliesAgain() {
    List<Dispatcher> flying = new ArrayList<>();
    FaultyQueue faulty = new FaultyQueue(queue);
    flying.add(
        dispatcher(
            faulty,
            new TestCrew() {
              @Override
              public void unheard(Acknowledging.Succeeded succeeded, Throwable failure) {
                super.unheard(succeeded, failure);
                faulty.setDown(false);
                flying.get(0).run();
                assertThat(queue.stats().starts()).as("nobody flies").isEqualTo(1);
                lanes.withhold();
              }
            }));
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    publish(3);
    lanes.want(1);
    flying.get(0).run();
    faulty.setDown(true);

    assertThat(flying.get(0).accept(succeeded(attempts.get(0)))).isTrue();

    assertThat(unheard).hasSize(1);
    assertThat(started).as("its lane is withheld").hasSize(1);
  }

  @Test
  void nothingIsTakenAheadWhileARequestForLanesIsUnanswered() {
    FaultyQueue faulty = new FaultyQueue(queue);
    Dispatcher unlucky = dispatcherOver(faulty);
    queue.limitControl().changeLimit(RateLimit.of(1_000).perMinute().withBurst(1_000));
    publish(30);
    lanes.want(2);
    expectBrief();
    unlucky.run();
    lanes.want(4);
    mayTakeAhead = 4;
    faulty.loseAnswersOfTakes(1);
    assertThatThrownBy(unlucky::run).isInstanceOf(QueueUnavailableException.class);
    assertThat(queue.stats().starts()).isEqualTo(2 + 2 + 4);

    lanes.withhold();
    lanes.withhold();
    unlucky.run();
    assertThat(queue.stats().starts()).as("no lane is ready").isEqualTo(8);
    lanes.restore();
    lanes.restore();
    unlucky.run();

    assertThat(started).as("the request was repeated").hasSize(4);
    assertThat(queue.stats().starts()).isEqualTo(8);
  }

  @Test
  void nothingIsTakenAheadForLanesThatAreNotWantedOnceTheyAreDone() {
    lanesWithEventsAhead(2, 30, 2);
    lanes.want(0);
    goesOn = false;
    dispatcher.stop();
    assertThat(queue.stats().leased()).isEqualTo(2);

    Dispatcher next = dispatcherOver(queue);
    lanes.vacate(attempts.get(0).lane());
    next.run();

    assertThat(queue.stats().leased()).as("one lane is busy, and none wanted").isEqualTo(2);
  }

  @Test
  void nothingIsTakenAheadForLanesThatAreNotWanted() {
    lanesWithEventsAhead(1, 30, 4);
    lanes.want(0);
    for (int n = 0; n < 5; n++) {
      boolean unused = n < attempts.size() && dispatcher.accept(succeeded(attempts.get(n)));
    }
    dispatcher.run();
    while (dispatcher.look()) {
      dispatcher.run();
    }
    assertThat(queue.stats().leased()).isZero();
    assertThat(givenBack).hasSize(4);
  }

  @Test
  void whatWasTakenAheadAndFindsNoLaneIsGivenBackInOrder() {
    lanesWithEventsAhead(1, 4, 3);

    int looks = 0;
    while (dispatcher.look()) {
      looks++;
    }

    assertThat(looks).as("it was given a few looks").isBetween(3, 6);
    assertThat(givenBack)
        .extracting(attempt -> attempt.event().id())
        .containsExactly("event-1", "event-2", "event-3");
    assertThat(queue.stats().leased()).isEqualTo(1);
    assertThat(queue.stats().pending()).isEqualTo(3);
    assertThat(queue.stats().starts()).as("its permits are spent").isEqualTo(4);
    mayTakeAhead = 0;
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    dispatcher.fly();
    assertThat(startedIds())
        .as("taken anew, first as before")
        .containsExactly("event-0", "event-1");
  }

  @Test
  void whatWasTakenAheadIsGivenBackAtTheStopAndTheRestIsFinished() {
    lanesWithEventsAhead(2, 5, 3);

    dispatcher.stop();

    assertThat(givenBack).hasSize(3);
    assertThat(queue.stats().leased()).isEqualTo(2);
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(dispatcher.accept(succeeded(attempts.get(1)))).isTrue();
    assertThat(queue.stats().done()).isEqualTo(2);
    assertThat(started).hasSize(2);
  }

  @Test
  void aRequestAheadThatGotNoAnswerIsRepeatedEvenIfNothingMayBeTakenAheadAnyMore() {
    queue.limitControl().changeLimit(RateLimit.of(20).perMinute().withBurst(20));
    FaultyQueue faulty = new FaultyQueue(queue);
    Dispatcher unlucky = dispatcherOver(faulty);
    publish(5);
    lanes.want(1);
    mayTakeAhead = 2;
    expectBrief();
    faulty.loseAnswersOfTakes(1);
    assertThatThrownBy(unlucky::run).isInstanceOf(QueueUnavailableException.class);

    mayTakeAhead = 0;
    unlucky.run();

    assertThat(startedIds()).containsExactly("event-0");
    assertThat(queue.stats().starts()).as("paid for once").isEqualTo(3);
    unlucky.stop();
    assertThat(givenBack).hasSize(2);
  }

  @Test
  void whatCannotBeAcknowledgedCountsAsIfItsLaneWereBusy() {
    lanesWithEventsAhead(2, 5, 0);
    lanes.withhold();
    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    dispatcher.fly();
    assertThat(started).as("one is busy, the other one withheld").hasSize(2);

    lanes.restore();
    dispatcher.laneVacated();
    assertThat(started).hasSize(3);
  }

  @Test
  void aLaneThatIsNotWantedAnyMoreDoesNotGoOn() {
    lanesWithEventsAhead(2, 6, 3);
    lanes.want(1);

    assertThat(dispatcher.accept(succeeded(attempts.get(0)))).isTrue();
    assertThat(lanes.busy()).isEqualTo(1);
    assertThat(started).hasSize(2);

    assertThat(dispatcher.accept(succeeded(attempts.get(1)))).isTrue();
    assertThat(lanes.busy()).isEqualTo(1);
    assertThat(started).hasSize(3);
  }
}
