package io.ratelimit.cli.queue;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.PageOptions;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.FailedReasons;
import io.ratelimit.cli.watch.FailedSearch;
import io.ratelimit.cli.watch.FailedView;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the failed queue. */
@Command(
    name = "failed",
    description = {
      "Shows failed events and their reasons: a page of them, those that match, their"
          + " number for each kind of reason, or everything about one event.",
      "A queue has no index of reasons, wallets or types, so it is searched page by page."
    },
    footer = {
      "  ratelimit queue failed --by-reason",
      "  ratelimit queue failed --wallet w-7 --reason \"HTTP 503\"",
      "  ratelimit queue failed 17 --show-payload"
    })
final class QueueFailedCommand extends QueueAction {

  private static final int INDENT = 12;

  @Parameters(
      paramLabel = "SEQUENCE",
      arity = "0..1",
      converter = Converters.Sequence.class,
      description = "Show this event, with its attempts.")
  private @Nullable Long sequence;

  @Mixin private FailedFilterOptions matching = new FailedFilterOptions();

  @Option(
      names = "--by-reason",
      description = "Count the events for each kind of reason, which leaves out ids and numbers.")
  private boolean byReason;

  @Option(
      names = "--show-payload",
      description =
          "Also show payload and attributes, with --json or for one event. They may be secret.")
  private boolean showPayload;

  @Mixin private PageOptions page = new PageOptions();

  @Option(
      names = "--look-at",
      paramLabel = "N",
      defaultValue = "10000",
      converter = Converters.Events.class,
      description = "How many failed events to look at, at most. Default: ${DEFAULT-VALUE}.")
  private int most;

  /** The JSON output of a page. */
  private record Page(long failed, List<FailedView> events, long lookedAt, OptionalLong next) {}

  /** The JSON output of reasons. */
  private record Reasons(
      long failed, List<FailedReasons.Group> reasons, long lookedAt, OptionalLong next) {}

  QueueFailedCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run(RedisEventQueue queue) {
    if (sequence != null) {
      Optional<FailedEvent> one = find(queue.failedQueue(), sequence);
      if (one.isEmpty()) {
        requireFound(List.of(sequence));
        return;
      }
      FailedView view = FailedView.of(one.get(), showPayload);
      print(view, lines(view));
      return;
    }
    FailedSearch search = new FailedSearch(queue.failedQueue(), matching.filter());
    if (byReason) {
      FailedReasons reasons = new FailedReasons();
      FailedSearch.Looked looked = search.forEach(page.after(), most, most, reasons::add);
      Reasons result =
          new Reasons(queue.stats().failed(), reasons.groups(), looked.lookedAt(), looked.next());
      print(result, lines(result));
      return;
    }
    List<FailedView> events = new ArrayList<>();
    FailedSearch.Looked looked =
        search.forEach(
            page.after(), page.max(), most, event -> events.add(FailedView.of(event, showPayload)));
    Page result = new Page(queue.stats().failed(), events, looked.lookedAt(), looked.next());
    print(result, lines(result));
  }

  private List<String> lines(Page page) {
    if (page.events().isEmpty()) {
      return List.of(
              nothing(page.failed()), summary(0, page.lookedAt(), page.failed(), page.next()))
          .subList(0, page.failed() == 0 ? 1 : 2);
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("SEQUENCE", "ID", "TYPE", "WALLET", "ATTEMPTS", "FAILED", "REASON"));
    page.events()
        .forEach(
            event ->
                rows.add(
                    List.of(
                        Long.toString(event.sequence()),
                        event.id(),
                        event.type(),
                        event.walletId(),
                        Integer.toString(event.attempts()),
                        event.failedAt().toString(),
                        event.reason())));
    List<String> lines = new ArrayList<>(Texts.table(rows));
    lines.add(summary(page.events().size(), page.lookedAt(), page.failed(), page.next()));
    return lines;
  }

  private List<String> lines(Reasons reasons) {
    if (reasons.reasons().isEmpty()) {
      return List.of(nothing(reasons.failed()));
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("EVENTS", "FIRST", "LAST FAILED", "REASON"));
    long events = 0;
    for (FailedReasons.Group group : reasons.reasons()) {
      events += group.events();
      rows.add(
          List.of(
              Long.toString(group.events()),
              Long.toString(group.firstSequence()),
              group.lastFailedAt().toString(),
              group.reason()));
    }
    List<String> lines = new ArrayList<>(Texts.table(rows));
    lines.add(summary(events, reasons.lookedAt(), reasons.failed(), reasons.next()));
    return lines;
  }

  private String nothing(long failed) {
    if (failed == 0) {
      return "no event has failed";
    }
    return "no " + (page.after() > 0 ? "further " : "") + "failed event was found";
  }

  /** Returns how many events there are, how many were examined, and how to continue. */
  private static String summary(long shown, long lookedAt, long failed, OptionalLong next) {
    String goOn = next.isPresent() ? "; continue with --after " + next.getAsLong() : "";
    return shown + " of " + lookedAt + " events searched, " + failed + " in total" + goOn;
  }

  private static List<String> lines(FailedView event) {
    List<String> lines = new ArrayList<>();
    lines.add(line("Event", event.sequence() + "  " + event.id()));
    lines.add(line("Type", event.type()));
    lines.add(line("Wallet", event.walletId()));
    lines.add(line("Published", event.publishedAt().toString()));
    lines.add(line("Failed", event.failedAt().toString()));
    lines.add(line("Reason", event.reason()));
    lines.add(
        line(
            "Payload",
            Texts.count(event.payloadBytes(), "byte")
                + (event.content().isPresent() ? "" : ", not shown: see --show-payload")));
    event.content().ifPresent(content -> lines.addAll(lines(content)));
    lines.add(line("Attempts", Integer.toString(event.attempts())));
    if (!event.history().isEmpty()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("ATTEMPT", "BEGAN", "TOOK", "REASON"));
      for (PastAttempt attempt : event.history()) {
        rows.add(
            List.of(
                Integer.toString(attempt.attempt()),
                attempt.takenAt().toString(),
                Texts.duration(Duration.between(attempt.takenAt(), attempt.endedAt())),
                attempt.reason()));
      }
      lines.addAll(Texts.table(rows));
    }
    return lines;
  }

  private static List<String> lines(FailedView.Content content) {
    List<String> lines = new ArrayList<>();
    content.payload().ifPresent(text -> lines.add(line("", text)));
    content.payloadBase64().ifPresent(bytes -> lines.add(line("", "base64 " + bytes)));
    content
        .attributes()
        .forEach((name, value) -> lines.add(line("Attribute", name + " = " + value)));
    return lines;
  }

  private static String line(String label, String text) {
    return Texts.padded(label, INDENT) + text;
  }
}
