package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The result of a batch: the events that it names failed, all others are done. Immutable.
 *
 * @param failures why events failed, by id; the {@link FailureClassifier} decides what each failure
 *     means. Unmodifiable
 */
public record BatchResult(Map<String, Throwable> failures) {

  private static final BatchResult ALL_DONE = new BatchResult(Map.of());

  /** Creates a result; the failures are copied. */
  public BatchResult {
    failures = Map.copyOf(failures);
  }

  /** Returns the result of a batch whose events are all done. */
  public static BatchResult allDone() {
    return ALL_DONE;
  }

  /**
   * Returns this result with one more failed event.
   *
   * @param eventId an event of the batch; if the result names any other event, none of the batch
   *     counts as done
   * @param failure why it failed; replaces an earlier one
   */
  public BatchResult withFailure(String eventId, Throwable failure) {
    Map<String, Throwable> more = new LinkedHashMap<>(failures);
    more.put(requireNonNull(eventId, "eventId"), requireNonNull(failure, "failure"));
    return new BatchResult(more);
  }
}
