package io.ratelimit.core.internal.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.history.RoundRecord.OfWallet;
import org.junit.jupiter.api.Test;

class WalletsTest {

  private final Wallets wallets = new Wallets();

  @Test
  void thoseWithMostFailuresAreFirst() {
    wallets.add("b", true);
    wallets.add("none", false);
    wallets.add("c", true);
    wallets.add("c", false);
    wallets.add("c", true);
    wallets.add("a", true);

    assertThat(wallets.worst().orElseThrow())
        .containsExactly(new OfWallet("c", 3, 2), new OfWallet("a", 1, 1), new OfWallet("b", 1, 1));
  }

  @Test
  void onlyTheWorstAreTold() {
    for (int wallet = 0; wallet < Wallets.MOST; wallet++) {
      wallets.add("wallet-" + wallet, true);
    }

    assertThat(wallets.worst().orElseThrow()).hasSize(RoundRecord.MOST_WALLETS);
  }

  @Test
  void ofTooManyNothingIsKnown() {
    for (int wallet = 0; wallet <= Wallets.MOST; wallet++) {
      wallets.add("wallet-" + wallet, true);
    }

    assertThat(wallets.worst()).isEmpty();
  }
}
