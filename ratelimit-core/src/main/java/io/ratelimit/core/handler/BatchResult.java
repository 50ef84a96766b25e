package io.ratelimit.core.handler;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of the events of a batch: those that it names failed, the others are done. Immutable.
 *
 * @param failures why events failed, by their ids; what each failure means, the {@link
 *     FailureClassifier} decides. Unmodifiable
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
   * Returns this result with one more event that failed.
   *
   * @param eventId an event of the batch; of others nothing may be said, or none of the batch
   *     counts as done
   * @param failure why it failed; replaces an earlier one
   */
  public BatchResult withFailure(String eventId, Throwable failure) {
    Map<String, Throwable> more = new LinkedHashMap<>(failures);
    more.put(requireNonNull(eventId, "eventId"), requireNonNull(failure, "failure"));
    return new BatchResult(more);
  }
}
