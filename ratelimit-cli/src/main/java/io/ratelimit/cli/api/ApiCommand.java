package io.ratelimit.cli.api;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.Console;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Interruption;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves an API with a limit of its own. */
@Command(
    name = "api",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Serves an HTTP API on this machine until Ctrl-C, to try --api of demo, system"
          + " and worker. It enforces an exact limit for each token. Every answer has"
          + " RateLimit and RateLimit-Policy; requests above the limit get 429 and"
          + " Retry-After. Shows the requests it has received."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = {
      "  ratelimit api --port 8080 --limit 20/m",
      "  ratelimit demo --api http://127.0.0.1:8080 --limit 20/m"
    })
public final class ApiCommand implements Callable<Integer> {

  private static final Duration SHOWN_EACH = Duration.ofSeconds(5);

  private final Terminal terminal;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      converter = Converters.Port.class,
      description = "The port on 127.0.0.1; 0 picks a free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--limit",
      paramLabel = "RATE",
      defaultValue = "20/m",
      converter = Converters.Limit.class,
      description =
          "The limit of each token: requests per period, in whole seconds. Default:"
              + " ${DEFAULT-VALUE}.")
  private RateLimit limit = RateLimit.of(20).perMinute();

  @Option(
      names = "--latency",
      paramLabel = "TIME",
      defaultValue = "100ms",
      converter = Converters.Deadline.class,
      description = "How long each answer takes. Default: ${DEFAULT-VALUE}.")
  private Duration latency = Duration.ofMillis(100);

  @Option(
      names = "--fail-rate",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = Converters.Share.class,
      description = "The share of requests that get a 500. Default: ${DEFAULT-VALUE}.")
  private double failRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      converter = Converters.Seed.class,
      description = "The seed that selects these requests. Default: ${DEFAULT-VALUE}.")
  private long seed;

  public ApiCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Console console = new Console(terminal.out(), false);
    try (Interruption interruption = Interruption.toWaitFor(SHOWN_EACH);
        LimitedApi api = start()) {
      console.line("API         " + api.uri() + ", " + limit + " for each token");
      console.line("Press Ctrl-C to stop.");
      console.line("");
      Instant startedAt = Time.system().now();
      LimitedApi.Counts shown = api.counts();
      boolean over = false;
      while (!over) {
        over = interruption.await(SHOWN_EACH);
        LimitedApi.Counts counts = api.counts();
        if (over || !counts.equals(shown)) {
          console.line(line(Duration.between(startedAt, Time.system().now()), counts));
        }
        shown = counts;
      }
    }
    return Interruption.EXIT_CODE;
  }

  private LimitedApi start() {
    try {
      return LimitedApi.builder(limit).port(port).latency(latency).failRate(failRate, seed).start();
    } catch (IllegalArgumentException refused) {
      throw new InputException("--limit: " + refused.getMessage());
    } catch (IOException taken) {
      throw new InputException(
          "--port "
              + port
              + " is not available: "
              + taken.getMessage()
              + "; choose another, or 0 for a free one");
    }
  }

  private String line(Duration since, LimitedApi.Counts counts) {
    return String.format(
        "%8s  %s: %d done, %d refused (429), %d failed; at most %d of %d in any %s",
        Texts.duration(Duration.ofSeconds(since.toSeconds())),
        Texts.count(counts.arrived(), "request"),
        counts.done(),
        counts.refused(),
        counts.failed(),
        counts.largestWindow(),
        limit.permits(),
        Texts.duration(limit.period()));
  }
}
