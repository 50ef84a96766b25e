package io.ratelimit.temporal.internal.wire;

import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;

/** Checks that a worker and a manager mean the same queue. */
public final class QueueNames {

  /** The type of the failure if they do not. */
  public static final String ANOTHER_QUEUE = "AnotherQueue";

  /**
   * Refuses to work for a manager of another queue. If one of the two has no name, it accepts.
   *
   * @param wanted the name of the manager's queue
   * @param served the name of the worker's queue
   * @throws ApplicationFailure if the names differ; not retryable
   */
  public static void check(Optional<String> wanted, Optional<String> served) {
    if (wanted.isPresent() && served.isPresent() && !wanted.equals(served)) {
      throw ApplicationFailure.newNonRetryableFailure(
          "this worker serves the queue \""
              + served.get()
              + "\", but the manager is for \""
              + wanted.get()
              + "\": give each queue its own task queue",
          ANOTHER_QUEUE);
    }
  }

  public static void check(RawValue wanted, Optional<String> served) {
    check(Requests.name(wanted), served);
  }

  private QueueNames() {}
}
