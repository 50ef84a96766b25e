package io.ratelimit.temporal.internal.workflow;

import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.ManagerSummary;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.common.SearchAttributeKey;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Keeps the summary in the workflow's memo up to date. For workflow code. */
final class SummaryMemo {

  /**
   * Each change adds to the history, so numbers may be this old; changes of state are written at
   * once.
   */
  private static final Duration MOST_AGE = Duration.ofSeconds(30);

  private static final SearchAttributeKey<String> STATE =
      SearchAttributeKey.forKeyword(ManagerTypes.STATE_ATTRIBUTE);

  private Optional<ManagerSummary> written = Optional.empty();
  private long writtenAtMillis;

  /** Writes the summary if it is new and an update is due. */
  void update(ManagerSummary summary) {
    boolean sameState = written.filter(w -> w.state() == summary.state()).isPresent();
    long age = Workflow.currentTimeMillis() - writtenAtMillis;
    if (!sameState || age >= MOST_AGE.toMillis()) {
      write(summary);
    }
  }

  /** Writes the summary if it is new. */
  void write(ManagerSummary summary) {
    if (written.filter(summary::equals).isEmpty()) {
      Workflow.upsertMemo(Map.of(ManagerTypes.MEMO, Json.raw(summary)));
      if (Workflow.getTypedSearchAttributes().containsKey(STATE)) {
        Workflow.upsertTypedSearchAttributes(STATE.valueSet(summary.state().name()));
      }
      written = Optional.of(summary);
      writtenAtMillis = Workflow.currentTimeMillis();
    }
  }
}
