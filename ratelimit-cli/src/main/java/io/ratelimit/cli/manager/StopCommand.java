package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Ends a manager. */
@Command(
    name = "stop",
    description =
        "Ends a manager. Workers may finish the events in hand; the others stay in the queue.",
    footer = "  ratelimit stop audit-1")
public final class StopCommand extends OneManagerAction {

  @Option(
      names = "--terminate",
      description =
          "End it at once, even if it is stuck. Events in hand go back when their leases expire.")
  private boolean terminate;

  public StopCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    if (terminate) {
      client.terminate(id(), "ratelimit stop --terminate");
      printTold("terminate", "Manager " + id() + ": terminated.");
    } else {
      ManagerStatus status = client.stop(id());
      print(
          status,
          List.of(
              "Manager "
                  + id()
                  + ": stopping, with "
                  + Texts.count(status.workersActive(), "worker")
                  + " at work; ratelimit result "
                  + id()
                  + " waits for its report."));
    }
    return 0;
  }
}
