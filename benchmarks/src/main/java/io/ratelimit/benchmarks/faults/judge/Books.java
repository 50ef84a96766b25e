package io.ratelimit.benchmarks.faults.judge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Redis's records, read from the raw keys of a namespace.
 *
 * @param published the number of accepted events
 * @param pending the number of pending events
 * @param delayed the number of events that wait for a retry
 * @param leased the number of leased events
 * @param done the number of done events
 * @param failed the number of events in the failed queue
 * @param discarded the number of discarded events
 * @param records the number of records of unfinished events
 * @param leftovers the contents of other keys, by name, that remain although nothing is unfinished;
 *     empty while something is
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
   * Reads the books.
   *
   * @param prefix the prefix of the namespace's keys
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
        // A failed event keeps the history of its attempts.
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
      // Leaves out the mark that says that all is known.
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

  /** Returns the number of events that are neither done nor given up. */
  public long unfinished() {
    return pending + delayed + leased;
  }

  /**
   * Returns what is wrong with the books, in sentences; empty if they add up.
   *
   * @param mayLack whether events may be missing
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
