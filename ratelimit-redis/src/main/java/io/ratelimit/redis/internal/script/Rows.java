package io.ratelimit.redis.internal.script;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Pages of rows from scripts that end a reply early where its bytes are enough. */
public final class Rows {

  /**
   * Asks until the page is full or there is no more.
   *
   * @param ask asks for the rows that follow those that there are
   * @param read reads one row
   */
  public static <T> List<T> read(int max, Function<List<T>, Reply> ask, Function<Reply, T> read) {
    List<T> rows = new ArrayList<>();
    boolean more = true;
    while (more && rows.size() < max) {
      Reply reply = ask.apply(rows);
      more = reply.number() == 1;
      while (reply.hasNext()) {
        rows.add(read.apply(reply));
      }
    }
    return rows;
  }

  private Rows() {}
}
