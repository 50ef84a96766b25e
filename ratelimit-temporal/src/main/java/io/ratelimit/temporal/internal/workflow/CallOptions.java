package io.ratelimit.temporal.internal.workflow;

import io.temporal.activity.ActivityOptions;
import java.util.function.Consumer;

/**
 * The options with which a worker's managers call activities: the library's timeouts, with the
 * host's changes.
 *
 * @param lanes changes the options of lanes
 * @param queueCalls changes the options of calls to the queue
 */
public record CallOptions(
    Consumer<ActivityOptions.Builder> lanes, Consumer<ActivityOptions.Builder> queueCalls) {

  static final CallOptions DEFAULT = new CallOptions(options -> {}, options -> {});

  ActivityOptions lane(ActivityOptions options) {
    return changed(lanes, options);
  }

  ActivityOptions queue(ActivityOptions options) {
    return changed(queueCalls, options);
  }

  private static ActivityOptions changed(
      Consumer<ActivityOptions.Builder> change, ActivityOptions options) {
    ActivityOptions.Builder builder = options.toBuilder();
    change.accept(builder);
    return builder.build();
  }
}
