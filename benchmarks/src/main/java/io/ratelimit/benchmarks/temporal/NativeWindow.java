package io.ratelimit.benchmarks.temporal;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/** A solution with Temporal alone: a sliding window of activities. */
final class NativeWindow {

  /** The workflow. */
  @WorkflowInterface
  public interface Flow {

    /**
     * Handles events.
     *
     * @param events the number of remaining events
     * @param lanes the number of concurrent events
     */
    @WorkflowMethod(name = "NativeWindow")
    void run(int events, int lanes);
  }

  /** The activity. */
  @ActivityInterface
  public interface Work {

    /**
     * Handles an event.
     *
     * @return its id
     */
    @ActivityMethod(name = "NativeWork")
    String handle(String event);
  }

  /** Counts the events that it handles. */
  static final class Counting implements Work {
    private final Meter meter;

    Counting(Meter meter) {
      this.meter = meter;
    }

    @Override
    public String handle(String event) {
      meter.count();
      return event;
    }
  }

  /** The workflow; its timeouts are those of lanes. */
  public static final class Sliding implements Flow {

    private final Work work =
        Workflow.newActivityStub(
            Work.class,
            ActivityOptions.newBuilder()
                .setScheduleToStartTimeout(Duration.ofMinutes(1))
                .setStartToCloseTimeout(Duration.ofHours(25))
                .setHeartbeatTimeout(Duration.ofSeconds(12))
                .setRetryOptions(
                    RetryOptions.newBuilder().setInitialInterval(Duration.ofMillis(500)).build())
                .build());
    private int running;

    /** Begins without activities in flight. */
    public Sliding() {}

    @Override
    public void run(int events, int lanes) {
      int left = events;
      while (left > 0 && !Workflow.getInfo().isContinueAsNewSuggested()) {
        while (running < lanes && left > 0) {
          startOne("event-" + left--);
        }
        Workflow.await(() -> running < lanes);
      }
      Workflow.await(() -> running == 0);
      if (left > 0) {
        Workflow.continueAsNew(left, lanes);
      }
    }

    private void startOne(String event) {
      running++;
      Promise<Void> unused =
          Async.function(work::handle, event)
              .handle(
                  (done, failure) -> {
                    running--;
                    return null;
                  });
    }
  }

  private NativeWindow() {}
}
