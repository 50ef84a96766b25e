package io.ratelimit.temporal.internal.workflow;

import io.temporal.activity.ActivityOptions;
import java.util.function.Consumer;

/**
 * How a worker has its managers call activities: with the library's timeouts, and what the host
 * wants besides.
 *
 * @param lanes is told the options of lanes, to change them
 * @param queueCalls the same for the calls of the queue
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
