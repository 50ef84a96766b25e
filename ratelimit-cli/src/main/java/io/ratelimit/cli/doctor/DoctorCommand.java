package io.ratelimit.cli.doctor;

import io.ratelimit.cli.option.NewQueueOptions;
import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.option.TemporalOptions;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.Style;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks the environment, and says what to do about each problem. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Checks Java, Redis, the queue and Temporal, and says how to fix what is wrong."
          + " Changes nothing. Exits with 1 if a check fails; warnings do not count. That a queue"
          + " does not exist fails if it is named with --queue, and is a warning otherwise."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  ratelimit doctor --redis redis://localhost:6379 --queue ratelimit")
public final class DoctorCommand implements Callable<Integer> {

  private static final int OLDEST_JAVA = 17;
  private static final int STATUS_WIDTH = 6;
  private static final int INDENT = 19;
  private static final Duration LONG_WITHOUT_START = Duration.ofMinutes(1);

  private final Terminal terminal;

  @Mixin private RedisOptions redis = new RedisOptions();

  @Mixin private NewQueueOptions configured = new NewQueueOptions();

  @Mixin private TemporalOptions temporal = new TemporalOptions();

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  public DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    RedisChecks checks = RedisChecks.of(redis);
    findings.addAll(checks.findings());
    if (checks.usable()) {
      findings.addAll(queue(checks.queueExists()));
    }
    findings.addAll(TemporalChecks.of(temporal, redis.namespace()));
    if (json) {
      terminal.out().printLines(Json.write(findings));
    } else {
      findings.forEach(this::print);
    }
    boolean failed = findings.stream().anyMatch(finding -> finding.status() == Finding.Status.FAIL);
    return failed ? ExitCode.MISSED : 0;
  }

  private static Finding java() {
    String finding = System.getProperty("java.vm.name") + " " + Runtime.version();
    return Runtime.version().feature() < OLDEST_JAVA
        ? Finding.fail("Java", finding, "use Java " + OLDEST_JAVA + " or newer")
        : Finding.ok("Java", finding);
  }

  private List<Finding> queue(boolean exists) {
    if (!exists) {
      return List.of(missing());
    }
    try (RedisEventQueue queue = redis.connect()) {
      QueueStats stats = queue.stats();
      List<Finding> findings =
          new ArrayList<>(List.of(format(), balance(stats), limit(stats), progress(stats)));
      if (!stats.clockShift().isZero()) {
        findings.add(clock(stats.clockShift()));
      }
      new TreeMap<>(stats.setAside()).forEach((type, aside) -> findings.add(handler(type, aside)));
      return findings;
    } catch (QueueException refused) {
      return List.of(
          Finding.fail(
              "Queue",
              redis.namespace() + " cannot be read: " + Causes.told(refused),
              "use the same version of this library as the other processes"));
    }
  }

  /**
   * A missing queue is a failure if the user named it; otherwise the user may only be about to
   * start.
   */
  private Finding missing() {
    String finding = "there is no queue " + redis.namespace();
    return redis.isNamed()
        ? Finding.fail(
            "Queue",
            finding,
            "check --queue: ratelimit queue list shows which there are. ratelimit worker and queue"
                + " publish create what is missing")
        : Finding.warn(
            "Queue",
            finding + ", so none was checked",
            "name yours with --queue, or create it with ratelimit worker or queue publish");
  }

  private Finding format() {
    return Finding.ok("Queue", redis.namespace() + ", its format is understood");
  }

  private static Finding balance(QueueStats stats) {
    String finding =
        stats.published()
            + " published, "
            + stats.unfinished()
            + " unfinished, "
            + stats.done()
            + " done, "
            + stats.failed()
            + " failed, "
            + stats.discarded()
            + " discarded, "
            + stats.lost()
            + " lost";
    if (!stats.isConserved()) {
      return Finding.fail(
          "Balance", finding, "events are missing: did somebody else write to these keys?");
    }
    if (stats.lost() > 0) {
      return Finding.warn(
          "Balance", finding, "Redis lost the data of some events: publish them again");
    }
    return stats.failed() > 0
        ? Finding.warn(
            "Balance", finding, "see ratelimit queue failed, and bring them back with redrive")
        : Finding.ok("Balance", finding);
  }

  private Finding limit(QueueStats stats) {
    String finding =
        stats.limitInForce()
            + (stats.limit().isEmergency(stats.observedAt())
                ? ", raised from " + stats.limit().normal()
                : "");
    if (stats.limit().isPaused(stats.observedAt())) {
      return Finding.warn(
          "Limit",
          finding + ", but paused",
          "nothing starts; ratelimit queue resume ends the pause");
    }
    return configured
        .configuredLimit()
        .filter(initial -> !initial.equals(stats.limit().normal()))
        .map(
            initial ->
                Finding.warn(
                    "Limit",
                    finding + ", but configured is " + initial,
                    "the limit in Redis applies; change it with ratelimit queue limit,"
                        + " declare the configured one with a --limit-version, or configure"
                        + " the limit in Redis"))
        .orElse(Finding.ok("Limit", finding));
  }

  private static Finding clock(Duration shift) {
    return Finding.warn(
        "Clock",
        "the clock of Redis was set while the queue was in use: the queue's time is "
            + Texts.duration(shift.abs())
            + (shift.isNegative() ? " behind it" : " ahead of it"),
        "the limit and all due times stay right; check the clock of the server");
  }

  private static Finding progress(QueueStats stats) {
    boolean stands =
        stats.pending() > 0
            && stats.leased() == 0
            && !stats.limit().isPaused(stats.observedAt())
            && stats
                .latestStart()
                .map(start -> start.plus(LONG_WITHOUT_START.plus(stats.limitInForce().window())))
                .filter(due -> due.isAfter(stats.observedAt()))
                .isEmpty();
    String finding = stats.pending() + " pending, " + stats.leased() + " in workers' hands";
    return stands
        ? Finding.warn(
            "Progress",
            finding + ", nothing was started lately",
            "no worker takes events: start one, and check that it uses this Redis and namespace")
        : Finding.ok("Progress", finding);
  }

  /** Reports a type that some workers have no handler for. */
  private static Finding handler(String type, QueueStats.SetAside aside) {
    String finding =
        Texts.count(aside.events(), "event")
            + " of type "
            + type
            + " set aside by workers without a handler for it, the oldest published "
            + Texts.duration(Duration.ofSeconds(aside.oldestAge().toSeconds()))
            + " ago";
    return aside.oldestAge().compareTo(LONG_WITHOUT_START) > 0
        ? Finding.warn(
            "Handlers", finding, "start a worker that handles this type; the events wait for it")
        : Finding.ok("Handlers", finding);
  }

  private void print(Finding finding) {
    String status = Texts.padded(finding.status().name().toLowerCase(Locale.ROOT), STATUS_WIDTH);
    Style style =
        switch (finding.status()) {
          case OK -> Style.GREEN;
          case WARN -> Style.YELLOW;
          case FAIL -> Style.RED;
        };
    String label = Texts.padded(finding.subject(), INDENT - STATUS_WIDTH);
    int width = terminal.width().getAsInt() - STATUS_WIDTH;
    List<String> lines =
        new ArrayList<>(
            Texts.paragraph(finding.subject(), label.length(), finding.finding(), width));
    if (!finding.advice().isEmpty()) {
      lines.addAll(Texts.paragraph("", label.length(), finding.advice(), width));
    }
    for (int i = 0; i < lines.size(); i++) {
      String margin = i == 0 ? terminal.styled(style, status) : " ".repeat(STATUS_WIDTH);
      terminal.out().println(margin + lines.get(i));
    }
  }
}
