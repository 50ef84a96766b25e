package io.ratelimit.cli.round;

import io.ratelimit.cli.event.WorkOptions;
import io.ratelimit.cli.option.NamedLimitOptions;
import io.ratelimit.cli.option.RoundOptions;
import io.ratelimit.cli.shell.Json;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Plan;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says whether a round can be done in time, and what that takes. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Says whether a round can meet its deadline, and which limit, how many workers"
          + " and how early an emergency that takes. Runs nothing, and assumes no failures"
          + " or slow attempts unless you ask for them. Exits with 0 whatever the answer."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer =
        "  ratelimit plan --events 108 --processing-time 10s --deadline 3m --limit 20/m"
            + " --emergency-limit 60/m%n"
            + "  ratelimit plan --limit address=6000/m --limit account=100/10s,200000/d"
            + " --key account=wallet --cost address=OPEN_ORDER_DETECTED:40")
public final class PlanCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final InputStream input;

  @Mixin private WorkOptions work = new WorkOptions();

  @Mixin private RoundOptions round = new RoundOptions();

  @Mixin private NamedLimitOptions named = new NamedLimitOptions();

  @Option(names = "--json", description = "Print the plan as JSON.")
  private boolean json;

  public PlanCommand(Terminal terminal, InputStream input) {
    this.terminal = terminal;
    this.input = input;
  }

  /** The JSON output; the names in it are stable. */
  private record Result(
      long events,
      double meanProcessingSeconds,
      RateLimit limit,
      Optional<RateLimit> emergencyLimit,
      Duration deadline,
      double confidence,
      int minWorkers,
      int maxWorkers,
      int requiredWorkers,
      int rateLimitedWorkers,
      int optimalWorkers,
      boolean feasibleAtLimit,
      double confidenceAtLimit,
      Duration lastStart,
      Duration finish,
      Optional<RateLimit> neededLimit,
      Optional<Double> neededPerMinute,
      Optional<Integer> neededWorkers,
      Optional<Double> confidenceAtNeeded,
      boolean feasibleWithEmergency,
      double confidenceWithEmergency,
      Duration emergencyFinish,
      Optional<Duration> latestEmergencyStart,
      long shortfall,
      Constraint bottleneck,
      Optional<LimitKey> binding,
      List<Plan.OfLimit> limits) {

    static Result of(Plan plan) {
      PlanRequest request = plan.request();
      return new Result(
          request.backlog().events(),
          request.backlog().workload().meanSeconds(),
          request.limit(),
          request.terms().emergencyLimit(),
          request.terms().deadline(),
          request.terms().confidence().share(),
          request.terms().workers().min(),
          request.terms().workers().max(),
          plan.requiredWorkers(),
          plan.rateLimitedWorkers(),
          plan.optimalWorkers(),
          plan.feasibleAtLimit(),
          plan.confidenceAtLimit(),
          plan.lastStart(),
          plan.finish(),
          plan.neededLimit(),
          plan.neededLimit().map(RateLimit::perMinute),
          plan.neededLimit().map(limit -> plan.neededWorkers()),
          plan.neededLimit().map(limit -> plan.confidenceAtNeeded()),
          plan.feasibleWithEmergency(),
          plan.confidenceWithEmergency(),
          plan.emergencyFinish(),
          plan.latestEmergencyStart(),
          plan.shortfall(),
          plan.bottleneck(),
          plan.binding(),
          plan.limits());
    }
  }

  @Override
  public Integer call() {
    Limits limits = named.limits(round.named());
    Plan plan =
        Planner.plan(round.request(work.events(input, terminal.err(), round.limit()), limits));
    if (json) {
      terminal.out().printLines(Json.write(Result.of(plan)));
    } else {
      new PlanText(plan, terminal).all().forEach(terminal.out()::println);
    }
    return 0;
  }
}
