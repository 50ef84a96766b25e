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

/** What somebody would write with Temporal alone: a sliding window of activities. */
final class NativeWindow {

  /** The workflow. */
  @WorkflowInterface
  public interface Flow {

    /**
     * Has so many events handled, so many at a time.
     *
     * @param events how many are left
     * @param lanes how many at a time
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

  /** Counts what it handles. */
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

  /** The workflow's only way to its activities; time-outs are those of lanes. */
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

    /** Begins with nothing at work. */
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
