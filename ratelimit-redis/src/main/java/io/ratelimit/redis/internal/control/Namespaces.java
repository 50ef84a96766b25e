package io.ratelimit.redis.internal.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.redis.internal.connection.Link;
import io.ratelimit.redis.internal.connection.RootCause;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Finds the namespaces in a Redis by scanning its keys. */
public final class Namespaces {

  private static final int KEYS_AT_ONCE = 1_000;
  private static final int MOST_SIMILAR = 3;

  /**
   * The namespaces found.
   *
   * @param names in alphabetical order
   * @param complete whether all keys were scanned
   */
  public record Found(List<String> names, boolean complete) {}

  private Namespaces() {}

  /**
   * Scans the keys in steps, so that Redis can answer others in between.
   *
   * @param most the most names to find
   * @param mostSteps the most steps, of some thousand keys each
   * @param nameOf returns the namespace whose state is stored at a key, if any
   * @param timeout how long each step may take
   * @throws QueueUnavailableException if Redis does not answer
   * @throws QueueException if Redis refuses
   */
  public static Found find(
      Link link,
      String pattern,
      Function<String, Optional<String>> nameOf,
      int most,
      int mostSteps,
      Duration timeout) {
    ScanArgs wanted = ScanArgs.Builder.limit(KEYS_AT_ONCE).match(pattern);
    TreeSet<String> names = new TreeSet<>();
    ScanCursor cursor = ScanCursor.INITIAL;
    for (int step = 0; step < mostSteps && !cursor.isFinished() && names.size() <= most; step++) {
      KeyScanCursor<byte[]> found = step(link, cursor, wanted, timeout);
      for (byte[] key : found.getKeys()) {
        nameOf.apply(new String(key, UTF_8)).ifPresent(names::add);
      }
      cursor = found;
    }
    return new Found(
        names.stream().limit(most).toList(), cursor.isFinished() && names.size() <= most);
  }

  private static KeyScanCursor<byte[]> step(
      Link link, ScanCursor cursor, ScanArgs wanted, Duration timeout) {
    try {
      return link.current()
          .async()
          .scan(cursor, wanted)
          .toCompletableFuture()
          .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new QueueUnavailableException(
          "Redis did not answer SCAN within " + timeout.toMillis() + " ms; nothing was changed",
          late);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new QueueUnavailableException("looking for queues was interrupted", stop);
    } catch (ExecutionException | RedisException failure) {
      throw new QueueException(
          "queues cannot be looked for: " + RootCause.message(failure), failure);
    }
  }

  /** Returns the names that are most similar to a name, the best first. */
  public static List<String> similar(String name, List<String> names) {
    return names.stream()
        .sorted(Comparator.comparing((String each) -> distance(name, each)))
        .limit(MOST_SIMILAR)
        .toList();
  }

  /**
   * Returns how many characters must be added, removed or replaced to turn one name into the other.
   */
  static int distance(String one, String other) {
    int[] row = IntStream.rangeClosed(0, other.length()).toArray();
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int column = 1; column <= other.length(); column++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(column - 1) ? 0 : 1);
        diagonal = row[column];
        row[column] = Math.min(replaced, 1 + Math.min(diagonal, row[column - 1]));
      }
    }
    return row[other.length()];
  }
}
