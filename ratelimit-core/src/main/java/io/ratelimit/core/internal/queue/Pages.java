package io.ratelimit.core.internal.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.queue.EventQueue;
import java.util.List;

/** Checks of pages that a queue lists, redrives or purges. */
public final class Pages {

  /**
   * Requires a valid page size.
   *
   * @throws IllegalArgumentException if it is not 1 to {@link EventQueue#MAX_PAGE}
   */
  @CanIgnoreReturnValue
  public static int size(int max) {
    return Requirements.between("page size", max, 1, EventQueue.MAX_PAGE);
  }

  /**
   * Returns a copy of a list that one call may get.
   *
   * @throws IllegalArgumentException if it has more than {@link EventQueue#MAX_PAGE} elements
   */
  public static <T> List<T> upTo(String things, List<T> given) {
    Requirements.count(things, given.size(), 0, EventQueue.MAX_PAGE);
    return List.copyOf(given);
  }

  private Pages() {}
}
