package io.ratelimit.temporal.internal.worker;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ManualActivityCompletionClient;
import io.temporal.common.interceptors.ActivityExecutionContextBase;

/** An activity as a handler sees it: the lane, and nobody else, says that it lives and ends it. */
final class HandlersActivity extends ActivityExecutionContextBase {

  HandlersActivity(ActivityExecutionContext lane) {
    super(lane);
  }

  /** Does nothing: the lane's own heartbeats are what its manager reads. */
  @Override
  public <V> void heartbeat(V details) {}

  @Override
  public void doNotCompleteOnReturn() {
    throw refused();
  }

  @Override
  public ManualActivityCompletionClient useLocalManualCompletion() {
    throw refused();
  }

  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException(
        "a lane completes its activity itself: a handler returns or throws");
  }
}
