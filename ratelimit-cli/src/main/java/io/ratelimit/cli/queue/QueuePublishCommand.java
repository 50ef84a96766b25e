package io.ratelimit.cli.queue;

import io.ratelimit.cli.event.SampleEvents;
import io.ratelimit.cli.event.WorkOptions;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.NewQueueOptions;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.redis.RedisEventQueue;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes events, generated or from a file. */
@Command(
    name = "publish",
    description = {
      "Publishes events: generated ones with new ids, or those of a file. It publishes"
          + " all of them or none: if a line is bad, the command lists all bad lines and"
          + " publishes nothing. An event whose id is still unfinished changes nothing and"
          + " counts as a duplicate. If the queue does not exist, it is created."
    },
    footer = "  ratelimit queue publish --file examples/events.jsonl")
final class QueuePublishCommand extends QueueAction {

  private static final int PREFIX_LENGTH = 8;

  private final InputStream input;

  @Mixin private NewQueueOptions newQueue = new NewQueueOptions();

  @Mixin private WorkOptions work = new WorkOptions();

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      converter = Converters.Deadline.class,
      description = "How long the events wait before they may start. Default: no delay.")
  private Duration delay = Duration.ZERO;

  @Option(
      names = "--expiry",
      paramLabel = "TIME",
      converter = Converters.Deadline.class,
      description = "How long until events that have not started are discarded. Default: never.")
  private @Nullable Duration expiry;

  @Option(
      names = "--uncharged",
      description =
          "Publish to a queue that has named limits, although events from here are charged in none"
              + " of them and could exceed them.")
  private boolean uncharged;

  /** The JSON output. */
  private record Result(int accepted, List<String> duplicateIds) {}

  QueuePublishCommand(Terminal terminal, InputStream input) {
    super(terminal);
    this.input = input;
  }

  @Override
  RedisEventQueue connect() {
    return newQueue.connect(redis);
  }

  @Override
  void run(RedisEventQueue queue) {
    if (!uncharged) {
      requireNoNamedLimits(queue);
    }
    List<AuditEvent> events =
        work.events(input, terminal.err(), queue.limitControl().settings().normal());
    PublishReceipt receipt =
        queue.publish(work.isFromFile() ? events : withNewIds(events), terms());
    print(
        new Result(receipt.accepted(), receipt.duplicateIds()),
        List.of(
            Texts.count(receipt.accepted(), "event")
                + " published"
                + (receipt.duplicateIds().isEmpty()
                    ? ""
                    : ", "
                        + Texts.count(receipt.duplicateIds().size(), "duplicate")
                        + " ignored")));
  }

  /** Whoever publishes says what an event costs, by functions that are not known here. */
  private static void requireNoNamedLimits(RedisEventQueue queue) {
    List<String> names = queue.namedLimitControl().limits().stream().map(NamedLimit::name).toList();
    if (!names.isEmpty()) {
      throw new InputException(
          "the queue has named limits ("
              + Printable.text(String.join(", ", names))
              + "), in which events published from here would not be charged, so that they could"
              + " exceed them; nothing was published. Publish from a process that is configured"
              + " with these limits, or use --uncharged if these events need none");
    }
  }

  private PublishTerms terms() {
    PublishTerms terms = PublishTerms.DEFAULT.withDelay(delay);
    if (expiry == null) {
      return terms;
    }
    if (expiry.compareTo(delay) <= 0) {
      throw new InputException("--expiry must be longer than --delay");
    }
    return terms.withExpiry(expiry, PublishTerms.Expired.DISCARDED);
  }

  /** Gives generated events new ids, since they have the same ones each time. */
  private static List<AuditEvent> withNewIds(List<AuditEvent> events) {
    String prefix = UUID.randomUUID().toString().substring(0, PREFIX_LENGTH) + "-";
    return SampleEvents.withPrefix(prefix, events);
  }
}
