package io.ratelimit.core.internal.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.EventQueue;

/** The pages that a queue lists, redrives or purges. */
public final class Pages {

  /**
   * Requires a size that a page can have.
   *
   * @throws IllegalArgumentException if it is not 1 to {@link EventQueue#MAX_PAGE}
   */
  @CanIgnoreReturnValue
  public static int size(int max) {
    return Requirements.between("page size", max, 1, EventQueue.MAX_PAGE);
  }

  private Pages() {}
}
