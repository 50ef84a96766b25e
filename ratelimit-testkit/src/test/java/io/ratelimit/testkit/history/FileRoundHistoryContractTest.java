package io.ratelimit.testkit.history;

import io.ratelimit.core.history.FileRoundHistory;
import io.ratelimit.core.history.RoundHistory;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileRoundHistoryContractTest extends RoundHistoryContract {

  @TempDir private Path directory;

  @Override
  protected RoundHistory createHistory(long mostBytes) {
    return FileRoundHistory.at(directory.resolve("rounds.jsonl"), mostBytes);
  }
}
