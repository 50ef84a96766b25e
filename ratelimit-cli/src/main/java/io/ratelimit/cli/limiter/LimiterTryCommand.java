package io.ratelimit.cli.limiter;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.NewQueueOptions;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Acquires permits for one call. */
@Command(
    name = "try",
    description = {
      "Spends permits on one call that the caller then makes at once. Ends with 4 if none may be"
          + " made in time, and with 2 if the limit has too few permits ever to allow it."
    },
    footer = "  ratelimit limiter try --wait 30s && curl https://api.example.com/balance")
final class LimiterTryCommand extends LimiterAction {

  @Option(
      names = "--permits",
      paramLabel = "COUNT",
      defaultValue = "1",
      converter = Converters.Permits.class,
      description = "How many permits the call costs. Default: ${DEFAULT-VALUE}.")
  private int permits = 1;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = Converters.Deadline.class,
      description = "How long to wait for them at most. Without it: not at all.")
  private @Nullable Duration wait;

  @Mixin private NewQueueOptions newQueue = new NewQueueOptions();

  LimiterTryCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  RedisEventQueue connect() {
    return newQueue.connect(redis);
  }

  /** What came of it; the names in JSON are a promise. */
  record Tried(
      String namespace,
      String outcome,
      int permits,
      Optional<Instant> start,
      Optional<Instant> notBefore,
      Optional<Instant> pausedUntil,
      Optional<Integer> mostPermits) {

    static Tried of(String namespace, int permits, AcquireResult result) {
      Optional<Instant> none = Optional.empty();
      Optional<Integer> any = Optional.empty();
      if (result instanceof AcquireResult.Granted granted) {
        Optional<Instant> start = Optional.of(granted.start());
        return new Tried(namespace, "granted", permits, start, none, none, any);
      } else if (result instanceof AcquireResult.NotBefore denied) {
        Optional<Instant> at = Optional.of(denied.at());
        return new Tried(namespace, "not before", permits, none, at, none, any);
      } else if (result instanceof AcquireResult.Paused paused) {
        return new Tried(namespace, "paused", permits, none, none, paused.until(), any);
      }
      int most = ((AcquireResult.Never) result).most();
      return new Tried(namespace, "never", permits, none, none, none, Optional.of(most));
    }

    String line(Instant now) {
      return switch (outcome) {
        case "granted" -> "granted: " + Texts.count(permits, "permit");
        case "not before" ->
            "denied: not before "
                + Texts.tenths(Duration.between(now, notBefore.orElseThrow()))
                + " from now";
        case "paused" ->
            "denied: starts are paused "
                + pausedUntil.map(until -> "until " + until).orElse("until someone resumes them");
        default ->
            "never: "
                + Texts.count(permits, "permit")
                + " wanted, and the limit has "
                + mostPermits.orElseThrow();
      };
    }

    int exitCode() {
      return switch (outcome) {
        case "granted" -> 0;
        case "never" -> ExitCode.BAD_INPUT;
        default -> ExitCode.NOT_YET;
      };
    }
  }

  @Override
  int run(RedisEventQueue queue) throws InterruptedException {
    try (RateLimiter limiter = RateLimiter.of(queue)) {
      AcquireResult result =
          wait == null ? limiter.tryAcquire(permits) : limiter.acquire(permits, wait);
      Tried tried = Tried.of(redis.namespace(), permits, result);
      print(tried, List.of(tried.line(limiter.time().now())));
      return tried.exitCode();
    }
  }
}
