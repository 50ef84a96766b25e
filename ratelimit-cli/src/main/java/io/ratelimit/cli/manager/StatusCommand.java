package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.SlotsText;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.watch.Condition;
import io.ratelimit.cli.watch.ConditionText;
import io.ratelimit.cli.watch.Judged;
import io.ratelimit.cli.watch.Judgment;
import io.ratelimit.cli.watch.ManagerLook;
import io.ratelimit.cli.watch.ManagerSeen;
import io.ratelimit.cli.watch.ManagerText;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Shows the status of a manager. */
@Command(
    name = "status",
    description = {
      "Shows the state of a manager: whether it will meet its deadline, what it does,"
          + " its workers, its queue and its decisions. For a manager that has ended, shows"
          + " whether it met its deadline. If the manager does not answer, shows what the"
          + " server knows and exits with 3."
    },
    footer = "  ratelimit status audit-1")
public final class StatusCommand extends OneManagerAction {

  public StatusCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    ManagerDescription known = client.describe(id());
    if (!known.running()) {
      // An ended manager may still answer with its last status.
      Condition end = Judgment.of(ManagerLook.ended(client, known));
      print(end, known, ManagerText.lines(known, Optional.empty()));
      return 0;
    }
    try {
      ManagerStatus status = client.status(id());
      Optional<String> slots = status.slots().isPresent() ? Optional.empty() : announced(client);
      print(
          Judgment.of(new ManagerSeen.Answering(id(), status)),
          status,
          ManagerText.lines(id(), status, slots));
      return 0;
    } catch (ManagerException.Stuck | ManagerException.NoAnswer silent) {
      // The server still knows something; the failure says why that is not all.
      print(
          Judgment.of(new ManagerSeen.Silent(id(), Causes.told(silent))),
          known,
          ManagerText.lines(known, announced(client)));
      throw silent;
    }
  }

  private void print(Condition condition, Object known, List<String> lines) {
    List<String> all = new ArrayList<>(ConditionText.lines(condition, terminal));
    all.addAll(lines);
    print(Judged.of(condition, known), all);
  }

  /** Returns the announced slots; an extra, so left out if unavailable. */
  private static Optional<String> announced(RateLimitClient client) {
    try {
      return SlotsText.of(client.workers());
    } catch (ManagerException unknown) {
      return Optional.empty();
    }
  }
}
