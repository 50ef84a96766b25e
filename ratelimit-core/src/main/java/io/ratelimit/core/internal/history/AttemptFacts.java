package io.ratelimit.core.internal.history;

import io.ratelimit.core.handler.AttemptOutcome;
import io.ratelimit.core.history.RoundRecord.OfType;
import io.ratelimit.core.history.RoundRecord.OfWallet;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.ProcessingTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Counts attempts of a round as they end, in a size that does not grow with their number. Not
 * thread-safe.
 */
final class AttemptFacts {

  /** So many wallets are told apart; of more it is not known which failed most. */
  static final int MOST_WALLETS = 1_000;

  private final Instant startedAt;
  private final Times waiting = new Times();
  private final Times processing = new Times();
  private final Map<String, Type> types = new LinkedHashMap<>();
  private final Map<String, Wallet> wallets = new HashMap<>();
  private boolean manyWallets;
  private long attempts;

  AttemptFacts(Instant startedAt) {
    this.startedAt = startedAt;
  }

  /** Durations, counted one by one. */
  private static final class Times {
    private final long[] counts = new long[ProcessingTimes.BUCKETS];
    private Duration longest = Duration.ZERO;

    void add(Duration duration) {
      counts[ProcessingTimes.bucket(duration)]++;
      longest = longest.compareTo(duration) < 0 ? duration : longest;
    }

    Spread spread() {
      SortedMap<Integer, Long> counted = new TreeMap<>();
      for (int bucket = 0; bucket < counts.length; bucket++) {
        if (counts[bucket] > 0) {
          counted.put(bucket, counts[bucket]);
        }
      }
      return new Spread(counted, longest);
    }
  }

  private static final class Type {
    private final Times processing = new Times();
    private final long[] arrivals = new long[RoundRecord.MOST_MINUTES];
    private int minutes;
    private long attempts;
    private long done;
    private long failed;
    private long retries;

    OfType facts(String name) {
      return new OfType(
          name,
          Optional.empty(),
          Optional.of(IntStream.range(0, minutes).mapToObj(i -> arrivals[i]).toList()),
          attempts,
          done,
          failed,
          retries,
          Optional.of(processing.spread()));
    }
  }

  private static final class Wallet {
    private long attempts;
    private long failures;
  }

  void add(Lease lease, AttemptOutcome outcome, Duration took, Settlement settlement) {
    attempts++;
    Type type = type(lease.event().type().name());
    type.attempts++;
    type.processing.add(took);
    processing.add(took);
    if (lease.attempt() == 1) {
      waiting.add(Duration.between(lease.publishedAt(), lease.takenAt()));
      if (!lease.publishedAt().isBefore(startedAt)) {
        int minute = RoundTrace.minute(startedAt, lease.publishedAt());
        type.arrivals[minute]++;
        type.minutes = Math.max(type.minutes, minute + 1);
      }
    }
    boolean settled = settlement != Settlement.STALE_LEASE;
    boolean failed = settled && outcome instanceof AttemptOutcome.Failed;
    boolean retried = settled && outcome instanceof AttemptOutcome.Retry;
    type.done += settled && outcome instanceof AttemptOutcome.Done ? 1 : 0;
    type.failed += failed ? 1 : 0;
    type.retries += retried ? 1 : 0;
    wallet(lease.event().walletId(), failed || retried);
  }

  private Type type(String name) {
    boolean known = types.containsKey(name) || types.size() < RoundRecord.MOST_TYPES - 1;
    return types.computeIfAbsent(known ? name : RoundRecord.OTHER_TYPES, another -> new Type());
  }

  private void wallet(String id, boolean failed) {
    Wallet wallet = wallets.get(id);
    if (wallet == null) {
      if (wallets.size() == MOST_WALLETS) {
        manyWallets = true;
        return;
      }
      wallet = new Wallet();
      wallets.put(id, wallet);
    }
    wallet.attempts++;
    wallet.failures += failed ? 1 : 0;
  }

  long attempts() {
    return attempts;
  }

  /** Returns the types, with what was published of them in the round as far as it was attempted. */
  List<OfType> types() {
    List<OfType> facts = new ArrayList<>();
    types.forEach((name, type) -> facts.add(type.facts(name)));
    return facts;
  }

  RoundRecord.Sample sample() {
    return new RoundRecord.Sample(
        attempts,
        Optional.of(waiting.spread()),
        Optional.of(processing.spread()),
        manyWallets ? Optional.empty() : Optional.of(worst()));
  }

  private List<OfWallet> worst() {
    return wallets.entrySet().stream()
        .filter(wallet -> wallet.getValue().failures > 0)
        .map(
            wallet ->
                new OfWallet(
                    wallet.getKey(), wallet.getValue().attempts, wallet.getValue().failures))
        .sorted(
            Comparator.comparingLong(OfWallet::failures)
                .reversed()
                .thenComparing(OfWallet::walletId))
        .limit(RoundRecord.MOST_WALLETS)
        .toList();
  }
}
