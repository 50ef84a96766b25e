package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.config.Configuration;
import io.ratelimit.cli.shell.PrintableStream;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.testkit.server.DevServer;
import io.ratelimit.testkit.server.LocalRedis;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Foreign texts are harmless, whatever they contain, on a terminal and in a log. */
@Timeout(300)
class HostileTextTest {

  private static final String INVISIBLE = "\u202e\u2066\u200b\ufeff";
  private static final String HOSTILE =
      "x\u001b[2J\u001b]0;title\u0007\u009b31m\r\nFORGED\r" + INVISIBLE + "\u2028FORGED";

  @TempDir private Path folder;

  private static void assertOnlyRead(String what, CommandRun run) {
    for (String printed : List.of(run.out(), run.err())) {
      for (String line : printed.split("\n", -1)) {
        String read = line.replaceAll("\u001b\\[(0|1|2|3[1236])m", "");
        assertThat(read.codePoints().allMatch(Printable::isPrintable)).as(what + read).isTrue();
        assertThat(line).as(what).doesNotStartWith("FORGED");
      }
    }
  }

  /** Returns all commands except the one that prints a script and ignores arguments. */
  private static Stream<CommandSpec> commands(CommandLine from) {
    return from.getCommandName().equals("generate-completion")
        ? Stream.empty()
        : commandsBelow(from);
  }

  private static Stream<CommandSpec> commandsBelow(CommandLine from) {
    return from.getSubcommands().isEmpty()
        ? Stream.of(from.getCommandSpec())
        : from.getSubcommands().values().stream().flatMap(HostileTextTest::commands);
  }

  private static List<String> path(CommandSpec command) {
    List<String> words = List.of(command.qualifiedName().split(" ", -1));
    return words.subList(1, words.size());
  }

  /** Adds an extra argument, so that accepted commands do not run. */
  private static CommandRun refused(CommandSpec command, String... arguments) {
    List<String> all = new ArrayList<>(path(command));
    all.addAll(List.of(arguments));
    all.addAll(List.of(HOSTILE, HOSTILE, HOSTILE, "--" + HOSTILE));
    CommandRun run = CommandRun.onTerminal(true, all.toArray(String[]::new));
    assertThat(run.exitCode()).as(all.toString()).isEqualTo(2);
    return run;
  }

  @Test
  void whatEveryOptionOfEveryCommandRefuses() {
    CommandLine all =
        Cli.commands(
            CommandRun.plainTerminal(), InputStream.nullInputStream(), Configuration.of(Map.of()));
    List<CommandSpec> commands = commands(all).toList();
    assertThat(commands).hasSizeGreaterThan(20);
    // Commands share most of their options, so each declaration is tried once.
    Set<Object> declarations = new HashSet<>();
    for (CommandSpec command : commands) {
      assertOnlyRead(command.qualifiedName(), refused(command));
      for (OptionSpec option : command.options()) {
        boolean takesText =
            !option.usageHelp() && !option.versionHelp() && option.arity().max() > 0;
        if (takesText && declarations.add(option.userObject())) {
          String what = command.qualifiedName() + " " + option.longestName();
          assertOnlyRead(what, refused(command, option.longestName(), HOSTILE));
        }
      }
    }
    assertThat(declarations).hasSizeGreaterThan(50);
    assertOnlyRead("no command", CommandRun.of(HOSTILE));
  }

  @Test
  void whatComesFromAConfigurationOrAFileOfEvents() throws Exception {
    Path yaml = folder.resolve("a.yaml");
    Files.writeString(yaml, "\"" + "x\\e[2J\\r\\nFORGED" + INVISIBLE + "\": 1\n");
    assertOnlyRead("unknown key", CommandRun.of("plan", "--config", yaml.toString()));
    Files.writeString(yaml, "deadline: \"x\\e[2J\\r\\nFORGED" + INVISIBLE + "\"\n");
    assertOnlyRead("bad value", CommandRun.of("plan", "--config", yaml.toString()));
    assertOnlyRead("shown", CommandRun.of("config", "show", "plan", "--config", yaml.toString()));
    Files.writeString(yaml, HOSTILE);
    assertOnlyRead("no YAML", CommandRun.of("plan", "--config", yaml.toString()));
    assertOnlyRead("environment", CommandRun.in(Map.of("RATELIMIT_DEADLINE", HOSTILE), "plan"));

    Path events = folder.resolve("events.csv");
    Files.writeString(events, "id,type,wallet\n" + HOSTILE + "," + HOSTILE + "," + HOSTILE);
    assertOnlyRead("events", CommandRun.of("plan", "--file", events.toString()));
    assertOnlyRead("no such file", CommandRun.of("plan", "--file", folder + "/" + INVISIBLE));
  }

  @Test
  void whatAQueueHolds() {
    RateLimit fast = RateLimit.of(1_000).per(Duration.ofSeconds(1)).withBurst(1_000);
    try (LocalRedis redis = LocalRedis.start();
        RedisEventQueue queue =
            RedisEventQueue.builder(fast)
                .uri(redis.uri())
                .startUp(RedisEventQueue.StartUp.FULL)
                .connect()) {
      for (int i = 0; i < 3; i++) {
        AuditEvent event = AuditEvent.of(i + INVISIBLE, EventType.REBALANCE_NEEDED, INVISIBLE + i);
        queue.publish(event.withAttribute(HOSTILE, HOSTILE));
      }
      TakeResult taken = queue.take(new TakeRequest("request", HOSTILE, 2, Duration.ofMinutes(1)));
      var leases = ((TakeResult.Taken) taken).leases();
      queue.fail(leases.get(0), HOSTILE);

      for (String command :
          List.of(
              "stats",
              "peek --priority high",
              "failed",
              "monitor --once",
              "redrive 1",
              "limit 30/m")) {
        for (String output : List.of("", " --json")) {
          List<String> arguments = new ArrayList<>(List.of("queue"));
          arguments.addAll(List.of((command + output).split(" ", -1)));
          arguments.addAll(List.of("--redis", redis.uri()));
          CommandRun run = CommandRun.onTerminal(true, arguments.toArray(String[]::new));
          assertOnlyRead(command, run);
          assertThat(run.out()).as(command).isNotEmpty();
        }
      }
      assertThat(CommandRun.of("queue", "peek", "--priority", "high", "--redis", redis.uri()).out())
          .contains("2\\u202e\\u2066\\u200b\\ufeff");
    }
  }

  @Test
  void whatManagersAreCalled() throws Exception {
    String temporal = DevServer.shared().target();
    String id = "m" + HOSTILE;
    List<List<String>> commands =
        List.of(
            List.of("list"),
            List.of("status", id),
            List.of("limit", id, "20/m"),
            List.of("workers", id, "1", "2"),
            List.of("pause", id),
            List.of("resume", id),
            List.of("stop", id),
            List.of("schedule", "create", id),
            List.of("schedule", "describe", id),
            List.of("schedule", "delete", id),
            List.of("status", "x", "--namespace", HOSTILE));
    assertOnlyRead("start", onServer(temporal, List.of("start", id)));
    // Without a worker, they wait until they give up, so they run concurrently.
    List<Callable<CommandRun>> runs =
        commands.stream()
            .map(command -> (Callable<CommandRun>) () -> onServer(temporal, command))
            .toList();
    ExecutorService together = Executors.newFixedThreadPool(runs.size());
    try {
      List<Future<CommandRun>> ended = together.invokeAll(runs);
      for (int i = 0; i < ended.size(); i++) {
        assertOnlyRead(commands.get(i).toString(), ended.get(i).get());
      }
    } finally {
      together.shutdownNow();
    }
  }

  private static CommandRun onServer(String temporal, List<String> command) {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(List.of("--temporal", temporal));
    return CommandRun.onTerminal(true, arguments.toArray(String[]::new));
  }

  @Test
  void whatIsLogged() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream log = PrintableStream.over(new PrintStream(written, true), StandardCharsets.UTF_8);

    log.println("WARN settling event " + HOSTILE);
    new IllegalStateException(INVISIBLE + "ü\u001b[2J").printStackTrace(log);

    assertThat(written.toString(StandardCharsets.UTF_8))
        .contains("WARN settling event x\\u001b[2J\\u001b]0;title\\u0007\\u009b31m\\u000d\n")
        .contains("\\u202e\\u2066\\u200b\\ufeffü\\u001b[2J\n    at io.ratelimit");
  }
}
