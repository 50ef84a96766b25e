package io.ratelimit.cli.manager;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.Judged;
import io.ratelimit.cli.watch.Judgment;
import io.ratelimit.cli.watch.ManagerLook;
import io.ratelimit.cli.watch.Verdict;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerEnd;
import io.ratelimit.temporal.manager.ManagerPage;
import io.ratelimit.temporal.manager.ManagerQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists managers. */
@Command(
    name = "list",
    description =
        "Lists the running managers of a task queue and, with --all, those that have ended. What is"
            + " left and the workers of one that runs may be half a minute old; ratelimit status"
            + " asks it.",
    footer = "  ratelimit list --json")
public final class ListCommand extends ManagerAction {

  @Option(names = "--all", description = "Also list managers that have ended.")
  private boolean all;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      converter = Converters.PageSize.class,
      description =
          "How many managers to list at most, latest first: 1 to 1000. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(
      names = "--page",
      paramLabel = "PAGE",
      description = "Continue where an earlier list ended; that list printed this value.")
  private @Nullable String page;

  public ListCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run(RateLimitClient client) {
    ManagerQuery query = ManagerQuery.RUNNING.withEnded(all).withLimit(limit);
    ManagerPage managers = list(client, page == null ? query : query.withPage(page));
    print(
        new Listed(managers.managers().stream().map(ListCommand::judged).toList(), managers.next()),
        lines(managers));
    return 0;
  }

  /** The JSON output; the names in it are stable. */
  private record Listed(List<Judged> managers, Optional<String> next) {}

  /** Judges a manager that has ended; too little is known here about running ones. */
  private static Judged judged(ManagerDescription manager) {
    return manager.running()
        ? Judged.unjudged(manager)
        : Judged.of(Judgment.of(ManagerLook.ended(manager)), manager);
  }

  private static ManagerPage list(RateLimitClient client, ManagerQuery query) {
    try {
      return client.list(query);
    } catch (IllegalArgumentException noPage) {
      throw new InputException("--page: " + noPage.getMessage());
    }
  }

  private List<String> lines(ManagerPage page) {
    if (page.managers().isEmpty()) {
      return List.of(
          "No manager "
              + (all ? "" : "runs ")
              + "on task queue "
              + taskQueue()
              + "; ratelimit start starts one.");
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "STATUS", "STATE", "QUEUE", "LEFT", "WORKERS", "STARTED", "OUTCOME"));
    for (ManagerDescription manager : page.managers()) {
      rows.add(
          List.of(
              manager.id(),
              word(manager.status()),
              manager.problem().isPresent()
                  ? "stuck"
                  : manager.state().map(state -> word(state.name())).orElse(""),
              manager.queue().orElse(""),
              left(manager).map(String::valueOf).orElse(""),
              manager.running() ? manager.workers().map(String::valueOf).orElse("") : "",
              Texts.second(manager.startedAt()),
              judged(manager).verdict().map(Verdict::headline).orElse("")));
    }
    List<String> lines = new ArrayList<>(Texts.table(rows));
    for (ManagerDescription manager : page.managers()) {
      manager.problem().ifPresent(problem -> lines.add(manager.id() + " is stuck: " + problem));
    }
    page.next().ifPresent(next -> lines.add("There are more: --page " + next));
    return lines;
  }

  /**
   * Returns the pending events of a running manager, or those that an ended one left, which its
   * last number of pending ones does not tell.
   */
  private static Optional<Long> left(ManagerDescription manager) {
    return manager.running() ? manager.pending() : manager.end().map(ManagerEnd::remaining);
  }

  private static String word(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
