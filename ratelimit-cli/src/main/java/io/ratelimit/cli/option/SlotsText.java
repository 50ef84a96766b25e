package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.Texts;
import io.ratelimit.temporal.manager.PollingWorker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Describes the slots that the workers of a task queue announce. */
public final class SlotsText {

  /** Returns a few words; empty without workers. */
  public static Optional<String> of(List<PollingWorker> workers) {
    Map<String, Optional<Integer>> processes = new LinkedHashMap<>();
    workers.forEach(worker -> processes.put(worker.identity(), worker.slots()));
    List<Integer> told = processes.values().stream().flatMap(Optional::stream).toList();
    int silent = processes.size() - told.size();
    if (processes.isEmpty()) {
      return Optional.empty();
    }
    if (told.isEmpty()) {
      return Optional.of("slots for an unknown number of lanes");
    }
    String known = "slots for " + Texts.count(told.stream().mapToLong(each -> each).sum(), "lane");
    return Optional.of(
        silent == 0
            ? known
            : known + ", and an unknown number in " + Texts.count(silent, "worker"));
  }

  private SlotsText() {}
}
