package io.ratelimit.temporal.manager;

import static java.util.Objects.requireNonNull;

import io.ratelimit.core.internal.check.Requirements;
import java.util.Optional;

/**
 * Which managers of a task queue are listed. Immutable; start from {@link #RUNNING}.
 *
 * @param ended whether those that have ended are listed as well
 * @param limit how many at most: 1 to {@value #MOST}
 * @param page where to continue, from the previous page; empty for the first
 */
public record ManagerQuery(boolean ended, int limit, Optional<String> page) {

  /** The most in one page. */
  public static final int MOST = 1_000;

  /** Those that run, 100 at most. */
  public static final ManagerQuery RUNNING = new ManagerQuery(false, 100, Optional.empty());

  /**
   * Creates a query.
   *
   * @throws IllegalArgumentException if the limit is outside its range
   */
  public ManagerQuery {
    Requirements.between("limit", limit, 1, MOST);
    requireNonNull(page, "page");
  }

  /** Returns this query with those that have ended, or without. */
  public ManagerQuery withEnded(boolean newEnded) {
    return new ManagerQuery(newEnded, limit, page);
  }

  /**
   * Returns this query with another limit.
   *
   * @throws IllegalArgumentException if it is not 1 to {@value #MOST}
   */
  public ManagerQuery withLimit(int newLimit) {
    return new ManagerQuery(ended, newLimit, page);
  }

  /** Returns this query for the page that begins there, see {@link ManagerPage#next}. */
  public ManagerQuery withPage(String newPage) {
    return new ManagerQuery(ended, limit, Optional.of(newPage));
  }
}
