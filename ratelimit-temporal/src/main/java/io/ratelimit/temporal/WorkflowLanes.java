package io.ratelimit.temporal;

import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The lanes of one run of the workflow: one activity each. For workflow code. */
final class WorkflowLanes {

  /** Is told when a lane has ended. */
  interface Listener {
    /** Exactly one of the two is not null. */
    void laneEnded(@Nullable LaneResult result, @Nullable Exception failure);
  }

  private final Activities.Lane activity =
      Workflow.newActivityStub(Activities.Lane.class, Timeouts.lane());
  private final BiFunction<Integer, String, LaneRequest> requests;
  private final Listener listener;
  private final TreeMap<Integer, CancellationScope> active = new TreeMap<>();
  private long started;

  /**
   * @param requests makes the request of a lane from its number and its id
   */
  WorkflowLanes(BiFunction<Integer, String, LaneRequest> requests, Listener listener) {
    this.requests = requests;
    this.listener = listener;
  }

  int active() {
    return active.size();
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
              Promise<LaneResult> result =
                  Async.function(activity::drain, requests.apply(lane, id));
              Promise<Void> unused =
                  result.handle(
                      (done, failure) -> {
                        active.remove(lane);
                        listener.laneEnded(done, failure);
                        return null;
                      });
            });
    active.put(lane, scope);
    scope.run();
  }

  /** Lets every lane leave: at once if it is idle, else after the event in hand or the grace. */
  void cancelAll() {
    active.values().forEach(CancellationScope::cancel);
  }

  void awaitNone() {
    Workflow.await(active::isEmpty);
  }
}
