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
 * The lanes of a manager, each an activity. Lanes that are active when the workflow continues as
 * new finish their events; the next run counts them until it learns that they have ended. For
 * workflow code.
 */
final class WorkflowLanes {

  /** Gets notified when a lane has ended. */
  interface Listener {
    /** A lane has ended normally. */
    void laneEnded(LaneResult result);

    /** No worker had a slot for a lane. */
    void laneNotBegun();

    /** A lane could not be run. */
    void laneFailed(Exception failure);
  }

  private static final Logger LOG = Workflow.getLogger(WorkflowLanes.class);

  /** The most worker processes to remember. */
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
   * @param calls begins the activities of lanes
   * @param outgoing lanes of earlier runs that may still be at work
   * @param requests creates the request of a lane from its number and id
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

  /** Returns all lanes, for the next run. */
  List<OutgoingLane> handedOver() {
    List<OutgoingLane> lanes = new ArrayList<>(outgoing.values());
    active.values().forEach(lane -> lanes.add(new OutgoingLane(lane.id(), now())));
    return lanes;
  }

  /** Returns the ids of lanes of earlier runs that may still be at work. */
  List<String> outgoing() {
    return List.copyOf(outgoing.keySet());
  }

  /** Returns the most lanes of each worker process that was heard of recently. */
  Map<String, Integer> slots() {
    long oldest = Workflow.currentTimeMillis() - Timeouts.HEARD.toMillis();
    processes.values().removeIf(heard -> heard.atMillis() < oldest);
    Map<String, Integer> slots = new TreeMap<>();
    processes.forEach((process, heard) -> slots.put(process, heard.slots()));
    return slots;
  }

  /**
   * Forgets lanes of earlier runs that ended silently, for example with their worker. A lane
   * without an event gets some time to learn that its run is over and to leave.
   *
   * @param holding the ids of lanes that hold an event
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
      // Anybody may send a signal, and one that made the task fail would do so forever.
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

  /** Makes every lane leave: at once if idle, otherwise after its event or the grace period. */
  void cancelAll() {
    active.values().forEach(lane -> lane.scope().cancel());
  }

  /**
   * Waits for the lanes; for those of earlier runs, which cannot be cancelled, at most this long.
   */
  void awaitNone(Duration mostForOutgoing) {
    Workflow.await(active::isEmpty);
    if (!outgoing.isEmpty()) {
      // Never cancels the timer; see TickTimer.
      Promise<Void> enough = Workflow.newTimer(mostForOutgoing);
      Workflow.await(() -> outgoing.isEmpty() || enough.isCompleted());
    }
  }
}
