package io.ratelimit.cli.manager;

import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.temporal.RateLimitClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Lists managers. */
@Command(
    name = "list",
    description = "Lists the managers that run, and those that ended lately.",
    footer = "  ratelimit list --json")
public final class ListCommand extends ManagerAction {

  public ListCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    List<RateLimitClient.Listed> managers = client.list();
    print(managers, lines(managers));
    return 0;
  }

  private static List<String> lines(List<RateLimitClient.Listed> managers) {
    if (managers.isEmpty()) {
      return List.of("No manager runs or ended lately; ratelimit start starts one.");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "STATUS", "STATE", "PENDING", "WORKERS", "STARTED"));
    for (RateLimitClient.Listed manager : managers) {
      rows.add(
          List.of(
              manager.id(),
              word(manager.status()),
              manager.state().map(state -> word(state.name())).orElse(""),
              manager.pending().map(String::valueOf).orElse(""),
              manager.workers().map(String::valueOf).orElse(""),
              manager.startedAt().toString()));
    }
    return Texts.table(rows);
  }

  private static String word(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
