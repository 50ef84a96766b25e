package io.ratelimit.cli.limiter;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.option.NewQueueOptions;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limiter.RateLimiter;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.redis.RedisEventQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Acquires permits for one call. */
@Command(
    name = "try",
    description = {
      "Takes permits for one call, which you then make at once. Exits with 4 if there"
          + " are none in time, and with 2 if the limit can never allow so many.",
      "With --name, takes from all given named limits or from none, and from the"
          + " queue's own limit only if you set --permits."
    },
    footer = {
      "  ratelimit limiter try --wait 30s && curl https://api.example.com/balance",
      "  ratelimit limiter try --name address --cost 5 --name account --key a1"
    })
final class LimiterTryCommand extends LimiterAction {

  @Option(
      names = "--permits",
      paramLabel = "COUNT",
      converter = Converters.Permits.class,
      description =
          "How many permits of the queue's own limit the call costs. Default: 1, or"
              + " none with --name.")
  private @Nullable Integer permits;

  @ArgGroup(exclusive = false, multiplicity = "0..*")
  private List<ChargeOptions> named = new ArrayList<>();

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = Converters.Deadline.class,
      description = "How long to wait for the permits at most. Default: no wait.")
  private @Nullable Duration wait;

  @Mixin private NewQueueOptions newQueue = new NewQueueOptions();

  LimiterTryCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  RedisEventQueue connect() {
    return newQueue.connect(redis);
  }

  /** The result; the names in JSON are stable. */
  record Tried(
      String namespace,
      String outcome,
      int permits,
      List<Charge> charges,
      Optional<Instant> start,
      Optional<Instant> notBefore,
      Optional<Instant> pausedUntil,
      Optional<Integer> mostPermits,
      Optional<LimitKey> neverIn) {

    static Tried of(String namespace, Charges charges, AcquireResult result) {
      Optional<Instant> none = Optional.empty();
      if (result instanceof AcquireResult.Granted granted) {
        return of(namespace, "granted", charges, Optional.of(granted.start()), none, none);
      } else if (result instanceof AcquireResult.NotBefore denied) {
        return of(namespace, "not before", charges, none, Optional.of(denied.at()), none);
      } else if (result instanceof AcquireResult.Paused paused) {
        return of(namespace, "paused", charges, none, none, paused.until());
      }
      AcquireResult.Never never = (AcquireResult.Never) result;
      return new Tried(
          namespace,
          "never",
          charges.permits(),
          charges.named(),
          none,
          none,
          none,
          Optional.of(never.most()),
          never.key());
    }

    private static Tried of(
        String namespace,
        String outcome,
        Charges charges,
        Optional<Instant> start,
        Optional<Instant> notBefore,
        Optional<Instant> pausedUntil) {
      return new Tried(
          namespace,
          outcome,
          charges.permits(),
          charges.named(),
          start,
          notBefore,
          pausedUntil,
          Optional.empty(),
          Optional.empty());
    }

    private String wanted() {
      List<String> parts = new ArrayList<>();
      if (permits > 0) {
        parts.add(Texts.count(permits, "permit"));
      }
      charges.forEach(charge -> parts.add(charge.cost() + " of " + charge.key()));
      return String.join(", ", parts);
    }

    String line(Instant now) {
      return switch (outcome) {
        case "granted" -> "granted: " + wanted();
        case "not before" ->
            "denied: not before "
                + Texts.tenths(Duration.between(now, notBefore.orElseThrow()))
                + " from now";
        case "paused" ->
            "denied: starts are paused "
                + pausedUntil.map(until -> "until " + until).orElse("until someone resumes them");
        default ->
            "never: "
                + wanted()
                + " wanted, and the limit "
                + neverIn.map(key -> key + " ").orElse("")
                + "has "
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

  private Charges charges() {
    List<Charge> charges = named.stream().map(ChargeOptions::charge).toList();
    return new Charges(permits == null ? (charges.isEmpty() ? 1 : 0) : permits, charges);
  }

  @Override
  int run(RedisEventQueue queue) throws InterruptedException {
    try (RateLimiter limiter = RateLimiter.of(queue)) {
      Charges charges = charges();
      AcquireResult result =
          wait == null ? limiter.tryAcquire(charges) : limiter.acquire(charges, wait);
      Tried tried = Tried.of(redis.namespace(), charges, result);
      print(tried, List.of(tried.line(limiter.time().now())));
      return tried.exitCode();
    } catch (IllegalArgumentException refused) {
      throw new InputException(String.valueOf(refused.getMessage()));
    }
  }
}
