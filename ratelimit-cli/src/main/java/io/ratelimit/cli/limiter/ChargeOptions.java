package io.ratelimit.cli.limiter;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.LimitKey;
import picocli.CommandLine.Option;

/** The cost of a call in one key of a named limit. */
final class ChargeOptions {

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = {
        "A named limit that the call is charged to, followed by its key and cost; repeatable."
      })
  private String name = "";

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "The key in that limit. Default: none, for a limit that all share.")
  private String key = "";

  @Option(
      names = "--cost",
      paramLabel = "COUNT",
      converter = Converters.Permits.class,
      description = "What the call costs in that limit. Default: 1.")
  private int cost = 1;

  Charge charge() {
    return new Charge(new LimitKey(name, key), cost);
  }
}
