package io.ratelimit.temporal.internal.workflow;

import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneReports;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.LaneResult;
import io.ratelimit.temporal.internal.wire.Requests;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * The lanes of a manager: one activity each. Those that are at work when the workflow continues as
 * new finish what they hold; the next run counts them until it hears that they have ended. For
 * workflow code.
 */
final class WorkflowLanes {

  /** Is told when a lane has ended. */
  interface Listener {
    /** A lane has ended as it should. */
    void laneEnded(LaneResult result);

    /** No worker had a slot for a lane. */
    void laneNotBegun();

    /** A lane could not be run. */
    void laneFailed(Exception failure);
  }

  private static final Logger LOG = Workflow.getLogger(WorkflowLanes.class);

  /** So many worker processes are heard of at most. */
  private static final int MOST_PROCESSES = 1_000;

  private record Active(String id, CancellationScope scope) {}

  private record Heard(int slots, long atMillis) {}

  private final Function<LaneRequest, Promise<LaneResult>> calls;
  private final BiFunction<Integer, String, LaneRequest> requests;
  private final Listener listener;
  private final TreeMap<Integer, Active> active = new TreeMap<>();
  private final Map<String, OutgoingLane> outgoing = new LinkedHashMap<>();
  private final TreeMap<String, Heard> processes = new TreeMap<>();
  private long started;

  /**
   * @param calls begins the activity of a lane
   * @param outgoing lanes of earlier runs that may still be at work
   * @param requests makes the request of a lane from its number and its id
   */
  WorkflowLanes(
      Function<LaneRequest, Promise<LaneResult>> calls,
      List<OutgoingLane> outgoing,
      BiFunction<Integer, String, LaneRequest> requests,
      Listener listener) {
    this.calls = calls;
    outgoing.forEach(lane -> this.outgoing.put(lane.id(), lane));
    this.requests = requests;
    this.listener = listener;
    Workflow.registerListener((LaneReports) this::outgoingEnded);
  }

  int active() {
    return active.size() + outgoing.size();
  }

  /** Returns all lanes, as they are for the next run. */
  List<OutgoingLane> handedOver() {
    List<OutgoingLane> lanes = new ArrayList<>(outgoing.values());
    active.values().forEach(lane -> lanes.add(new OutgoingLane(lane.id(), now())));
    return lanes;
  }

  /** Returns the ids of lanes of earlier runs that may still be at work. */
  List<String> outgoing() {
    return List.copyOf(outgoing.keySet());
  }

  /**
   * Returns how many lanes each worker process runs at most, of those that were heard of recently.
   */
  Map<String, Integer> slots() {
    long oldest = Workflow.currentTimeMillis() - Timeouts.HEARD.toMillis();
    processes.values().removeIf(heard -> heard.atMillis() < oldest);
    Map<String, Integer> slots = new TreeMap<>();
    processes.forEach((process, heard) -> slots.put(process, heard.slots()));
    return slots;
  }

  /**
   * Forgets lanes of earlier runs that ended without a word, with their worker for example. One
   * that holds no event is given some time, in which it hears that its run is over and leaves.
   *
   * @param holding the ids of those that hold an event
   */
  void keepOutgoing(List<String> holding) {
    Instant heard = now().minus(Timeouts.HANDOVER);
    outgoing
        .values()
        .removeIf(lane -> !lane.since().isAfter(heard) && !holding.contains(lane.id()));
  }

  static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  /** Starts one more lane. */
  void startOne() {
    int number = 1;
    while (active.containsKey(number)) {
      number++;
    }
    int lane = number;
    String id = Workflow.getInfo().getRunId() + '/' + ++started;
    CancellationScope scope =
        Workflow.newCancellationScope(
            () -> {
              Promise<LaneResult> result = calls.apply(requests.apply(lane, id));
              Promise<Void> unused =
                  result.handle(
                      (done, failure) -> {
                        active.remove(lane);
                        if (failure == null) {
                          ended(done);
                        } else if (isNotBegun(failure)) {
                          listener.laneNotBegun();
                        } else {
                          listener.laneFailed(failure);
                        }
                        return null;
                      });
            });
    active.put(lane, new Active(id, scope));
    scope.run();
  }

  private void outgoingEnded(RawValue id, RawValue result) {
    String lane;
    LaneResult told;
    try {
      lane = Requests.plausible(id, String.class);
      told = Requests.plausible(result, LaneResult.class);
    } catch (IllegalArgumentException unreadable) {
      // Anybody may send a signal, and one that makes the task fail would do so for ever.
      LOG.warn("a lane sent a message that cannot be read", unreadable);
      return;
    }
    outgoing.remove(lane);
    ended(told);
  }

  private void ended(LaneResult result) {
    LaneProgress.Slots slots = result.slots();
    if (processes.size() < MOST_PROCESSES || processes.containsKey(slots.process())) {
      processes.put(slots.process(), new Heard(slots.count(), Workflow.currentTimeMillis()));
    }
    listener.laneEnded(result);
  }

  private static boolean isNotBegun(Exception failure) {
    return failure instanceof ActivityFailure
        && failure.getCause() instanceof TimeoutFailure timeout
        && timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
  }

  /** Lets every lane leave: at once if it is idle, else after the event in hand or the grace. */
  void cancelAll() {
    active.values().forEach(lane -> lane.scope().cancel());
  }

  /**
   * Waits for the lanes; for those of earlier runs, which cannot be cancelled, no longer than this.
   */
  void awaitNone(Duration mostForOutgoing) {
    Workflow.await(active::isEmpty);
    if (!outgoing.isEmpty()) {
      // No timer that is cancelled, see TickTimer.
      Promise<Void> enough = Workflow.newTimer(mostForOutgoing);
      Workflow.await(() -> outgoing.isEmpty() || enough.isCompleted());
    }
  }
}
