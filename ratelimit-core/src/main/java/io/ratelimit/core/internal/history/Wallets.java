package io.ratelimit.core.internal.history;

import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.RoundRecord.OfWallet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts attempts and failures by wallet. Bounded; not thread-safe. */
final class Wallets {

  /** The most wallets counted. With more, it is unknown which of them failed most. */
  static final int MOST = 1_000;

  private final Map<String, Count> counts = new HashMap<>();
  private boolean tooMany;

  private static final class Count {
    private long attempts;
    private long failures;
  }

  void add(String wallet, boolean failed) {
    Count count = counts.get(wallet);
    if (count == null) {
      if (counts.size() == MOST) {
        tooMany = true;
        return;
      }
      count = new Count();
      counts.put(wallet, count);
    }
    count.attempts++;
    count.failures += failed ? 1 : 0;
  }

  /** Returns the wallets with the most failures; empty if there were too many wallets. */
  Optional<List<OfWallet>> worst() {
    return tooMany
        ? Optional.empty()
        : Optional.of(
            counts.entrySet().stream()
                .filter(wallet -> wallet.getValue().failures > 0)
                .map(
                    wallet ->
                        new OfWallet(
                            wallet.getKey(),
                            wallet.getValue().attempts,
                            wallet.getValue().failures))
                .sorted(
                    Comparator.comparingLong(OfWallet::failures)
                        .reversed()
                        .thenComparing(OfWallet::walletId))
                .limit(RoundRecord.MOST_WALLETS)
                .toList());
  }
}
