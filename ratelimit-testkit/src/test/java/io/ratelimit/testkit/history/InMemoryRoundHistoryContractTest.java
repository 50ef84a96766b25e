package io.ratelimit.testkit.history;

import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundHistory;

class InMemoryRoundHistoryContractTest extends RoundHistoryContract {

  @Override
  protected RoundHistory createHistory(long mostBytes) {
    return InMemoryRoundHistory.create(mostBytes, InMemoryRoundHistory.DEFAULT_ROUNDS);
  }
}
