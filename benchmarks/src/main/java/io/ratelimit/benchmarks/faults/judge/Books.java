package io.ratelimit.benchmarks.faults.judge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Redis has recorded, read from the raw keys of a namespace.
 *
 * @param published how many events were accepted
 * @param pending how many wait
 * @param delayed how many wait for their retry
 * @param leased how many are in somebody's hands
 * @param done how many were done
 * @param failed how many are in the failed queue
 * @param discarded how many were discarded
 * @param records how many records of unfinished events there are
 * @param leftovers what there is of other keys, by name, though nothing is unfinished; empty while
 *     something is
 */
public record Books(
    long published,
    long pending,
    long delayed,
    long leased,
    long done,
    long failed,
    long discarded,
    long records,
    Map<String, Long> leftovers) {

  /** Copies the leftovers. */
  public Books {
    leftovers = Map.copyOf(leftovers);
  }

  /**
   * Reads them.
   *
   * @param prefix what the namespace's keys begin with
   * @throws IOException if Redis does not answer
   */
  public static Books read(Resp redis, String prefix) throws IOException {
    String meta = prefix + "meta";
    long pending = 0;
    for (String waiting :
        List.of("pending:high", "pending:normal", "pending:low", "aside", "keyed")) {
      pending += redis.number("ZCARD", prefix + waiting);
    }
    for (String fresh : List.of("fresh:high", "fresh:normal", "fresh:low")) {
      pending += redis.number("LLEN", prefix + fresh);
    }
    long delayed = redis.number("ZCARD", prefix + "delayed");
    long leased = redis.number("ZCARD", prefix + "leased");
    long failed = redis.number("ZCARD", prefix + "failed");
    Map<String, Long> leftovers = new TreeMap<>();
    if (pending + delayed + leased == 0) {
      for (String key : List.of("types", "attempts", "leases")) {
        // What became of its attempts stays with an event that failed.
        long kept = key.equals("attempts") ? failed : 0;
        long length = redis.number("HLEN", prefix + key);
        if (length > kept) {
          leftovers.put(key, length - kept);
        }
      }
      for (String key : List.of("aside:types", "flows", "lines", "closed")) {
        long length = redis.number("ZCARD", prefix + key);
        if (length > 0) {
          leftovers.put(key, length);
        }
      }
      // Without the mark that says that all is known.
      long held = redis.number("ZLEXCOUNT", prefix + "limits:held", "[$", "+");
      if (held > 0) {
        leftovers.put("limits:held", held);
      }
    }
    return new Books(
        redis.number("HGET", meta, "published"),
        pending,
        delayed,
        leased,
        redis.number("HGET", meta, "done"),
        failed,
        redis.number("HGET", meta, "discarded"),
        redis.number("HLEN", prefix + "events"),
        leftovers);
  }

  /** Returns how many events are neither done nor given up. */
  public long unfinished() {
    return pending + delayed + leased;
  }

  /**
   * Returns what is wrong with them, in sentences; nothing if they add up.
   *
   * @param mayLack whether there may be less than was published
   */
  List<String> faults(boolean mayLack) {
    List<String> faults = new ArrayList<>();
    long sum = unfinished() + done + failed + discarded;
    if (mayLack ? published < sum : published != sum) {
      faults.add(
          "published %d, and there are %d unfinished + %d done + %d failed + %d discarded"
              .formatted(published, unfinished(), done, failed, discarded));
    }
    if (records != unfinished()) {
      faults.add("%d records of %d unfinished events".formatted(records, unfinished()));
    }
    if (!leftovers.isEmpty()) {
      faults.add("left behind with nothing unfinished: " + leftovers);
    }
    return faults;
  }
}
