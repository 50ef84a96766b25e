package io.ratelimit.temporal.internal.worker;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ManualActivityCompletionClient;
import io.temporal.common.interceptors.ActivityExecutionContextBase;

/** An activity as a handler sees it: only the lane sends heartbeats and completes it. */
final class HandlersActivity extends ActivityExecutionContextBase {

  HandlersActivity(ActivityExecutionContext lane) {
    super(lane);
  }

  /** Does nothing: the manager reads the lane's own heartbeats. */
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
