package io.ratelimit.cli.option;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The keys of named limits, and the costs of events in them. */
public final class NamedLimitOptions {

  @Option(
      names = "--key",
      paramLabel = "NAME=KEY",
      converter = Pair.Converter.class,
      description = {
        "What a named limit counts by: wallet, type, or attribute:NAME; repeatable."
            + " Without --key, all events share the limit. An event without the attribute is"
            + " not charged."
      })
  private List<Pair> keys = new ArrayList<>();

  @Option(
      names = "--cost",
      paramLabel = "NAME=[TYPE:]N",
      converter = Cost.Converter.class,
      description = {
        "What an event costs in a named limit, for all types or one type; repeatable."
            + " Default: 1. With 0, the event is not charged."
      })
  private List<Cost> costs = new ArrayList<>();

  @Option(
      names = "--max-in-flight",
      paramLabel = "NAME=N",
      converter = InFlight.Converter.class,
      description = {
        "How many attempts of each key may be in flight in a named limit, which needs"
            + " no --limit; repeatable."
      })
  private List<InFlight> inFlight = new ArrayList<>();

  @Option(
      names = "--ceiling",
      paramLabel = "NAME=RATE[,RATE]…",
      converter = LimitText.NamedConverter.class,
      description = {
        "How far a named limit may be raised if the deadline is in danger, one rate"
            + " for each of its window lengths; repeatable."
      })
  private List<LimitText> ceilings = new ArrayList<>();

  /** A name and its value. */
  record Pair(String name, String value) {
    static Pair of(String text) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        throw new TypeConversionException(
            "begins with the name of a limit and = but is " + Texts.quoted(text));
      }
      return new Pair(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    }

    static final class Converter implements ITypeConverter<Pair> {
      @Override
      public Pair convert(String text) {
        return of(text);
      }
    }
  }

  /** The cost of events of a type in a limit; an empty type means all. */
  record Cost(String name, String type, int cost) {
    static final class Converter implements ITypeConverter<Cost> {
      @Override
      public Cost convert(String text) {
        Pair pair = Pair.of(text);
        int colon = pair.value().lastIndexOf(':');
        String number = pair.value().substring(colon + 1);
        return new Cost(
            pair.name(),
            colon < 0 ? "" : pair.value().substring(0, colon),
            Converters.smallNumber(number, 0, RateLimit.MAX_PERMITS));
      }
    }
  }

  /** The most attempts in flight that a limit allows per key. */
  record InFlight(String name, int most) {
    static final class Converter implements ITypeConverter<InFlight> {
      @Override
      public InFlight convert(String text) {
        Pair pair = Pair.of(text);
        return new InFlight(pair.name(), Converters.smallNumber(pair.value(), 1, 1_000_000));
      }
    }
  }

  /**
   * Returns the named limits.
   *
   * @param windows the windows of each, by name
   * @throws InputException if they do not fit together
   */
  public Limits limits(Map<String, List<RateLimit>> windows) {
    Limits.Builder builder = Limits.builder();
    try {
      Map<String, Function<AuditEvent, @Nullable String>> byName = new HashMap<>();
      keys.forEach(key -> byName.put(key.name(), key(key)));
      windows.forEach(
          (name, some) ->
              builder.limit(
                  name, byName.getOrDefault(name, event -> ""), some.toArray(new RateLimit[0])));
      for (InFlight each : inFlight) {
        if (windows.containsKey(each.name())) {
          builder.maxInFlight(each.name(), each.most());
        } else {
          builder.maxInFlight(
              each.name(), byName.getOrDefault(each.name(), event -> ""), each.most());
        }
      }
      Map<String, Map<String, Integer>> byType = new LinkedHashMap<>();
      costs.forEach(
          cost ->
              byType
                  .computeIfAbsent(cost.name(), absent -> new HashMap<>())
                  .put(cost.type(), cost.cost()));
      byType.forEach(
          (name, cost) ->
              builder.cost(
                  name, event -> cost.getOrDefault(event.type().name(), cost.getOrDefault("", 1))));
      for (LimitText ceiling : ceilings) {
        builder.ceiling(ceiling.name().orElseThrow(), ceiling.windows().toArray(new RateLimit[0]));
      }
      Limits limits = builder.build();
      for (Pair key : keys) {
        if (limits.declared().stream().noneMatch(limit -> limit.name().equals(key.name()))) {
          throw new InputException(
              "--key "
                  + key.name()
                  + " is of no limit; declare it with --limit "
                  + key.name()
                  + "=RATE");
        }
      }
      return limits;
    } catch (IllegalArgumentException refused) {
      throw new InputException(String.valueOf(refused.getMessage()));
    }
  }

  private static Function<AuditEvent, @Nullable String> key(Pair key) {
    String what = key.value();
    if (what.equals("wallet")) {
      return AuditEvent::walletId;
    } else if (what.equals("type")) {
      return event -> event.type().name();
    } else if (what.startsWith("attribute:")) {
      String attribute = what.substring("attribute:".length());
      return event -> event.attributes().get(attribute);
    }
    throw new InputException(
        "--key " + key.name() + " must be wallet, type or attribute:NAME but is " + what);
  }
}
