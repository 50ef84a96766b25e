package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.temporal.RateLimitClient;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Waits for a manager's report. */
@Command(
    name = "result",
    description = {
      "Waits until a manager has ended, and prints its report. Exits with 1 if the"
          + " deadline was missed, the limit was exceeded or an event was lost."
    },
    footer = "  ratelimit result audit-1 --timeout 10m")
public final class ResultCommand extends OneManagerAction {

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = Converters.Deadline.class,
      description = "How long to wait at most. Default: ${DEFAULT-VALUE}.")
  private Duration timeout = Duration.ofMinutes(10);

  public ResultCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    RoundReport report = client.result(id(), timeout);
    print(report, report.toString().lines().toList());
    boolean good = report.limitHeld().orElse(true) && report.deadlineMet() && report.lost() == 0;
    return good ? 0 : ExitCode.MISSED;
  }
}
