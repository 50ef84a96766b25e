package io.ratelimit.redis.internal.script;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads pages of rows from scripts that cut a reply short at a number of bytes. */
public final class Rows {

  /**
   * Asks until the page is full or there are no more rows.
   *
   * @param ask asks for the rows after those read so far
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
