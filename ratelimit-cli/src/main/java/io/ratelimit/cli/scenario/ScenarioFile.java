package io.ratelimit.cli.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.scenario.Scenario.Change;
import io.ratelimit.cli.scenario.Scenario.Share;
import io.ratelimit.cli.scenario.Scenario.Stream;
import io.ratelimit.cli.scenario.Settings.NamedLimitText;
import io.ratelimit.cli.scenario.Settings.Policy;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Limits;
import io.ratelimit.core.scaling.Confidence;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.simulation.ApiBehavior;
import io.ratelimit.core.simulation.ArrivalPattern;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.simulation.Simulation;
import io.ratelimit.core.simulation.Simulation.Arrival;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Reads a scenario from YAML. Unknown keys are rejected with their line and the most similar key,
 * and everything has a bound.
 */
final class ScenarioFile {

  private static final int MAX_BYTES = 1 << 20;
  private static final int MOST_ENTRIES = 1_000;
  private static final int MOST_TIMES = 100_000;
  private static final int MOST_ROUNDS = 10_000;
  private static final int MOST_WALLETS = 1_000_000;
  private static final int MOST_VARIANTS = 12;
  private static final int LONGEST_NAME = 60;
  private static final int LONGEST_VARIANT = 16;

  /** The keys of settings, in a scenario and in its variants. */
  private static final Set<String> SETTINGS =
      Set.of(
          "limit",
          "emergency-limit",
          "deadline",
          "confidence",
          "workers",
          "worker-startup",
          "policy",
          "retries",
          "decision-interval",
          "expect",
          "limits");

  private static final Set<String> WORLD =
      Set.of(
          "name",
          "description",
          "types",
          "arrivals",
          "wallets",
          "rounds",
          "every",
          "api",
          "changes",
          "variants");

  private static final Set<String> FAULTS = Set.of("failure-rate", "slow-rate", "slow-factor");

  private final Yaml root;
  private final Map<String, Share> types = new HashMap<>();

  private ScenarioFile(Yaml root) {
    this.root = root;
  }

  /**
   * Reads a file.
   *
   * @throws InputException if it cannot be read, or something in it is wrong
   */
  static Scenario read(String name) {
    String shown = Texts.quoted(name);
    String file = shown.substring(1, shown.length() - 1);
    try (InputStream input = Files.newInputStream(Path.of(name))) {
      byte[] content = input.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new InputException(file + " is larger than 1 MiB, which a scenario may be at most");
      }
      return parse(file, new String(content, UTF_8));
    } catch (NoSuchFileException | InvalidPathException missing) {
      throw new InputException("the scenario " + file + " does not exist");
    } catch (IOException unreadable) {
      throw new InputException(
          "the scenario " + file + " cannot be read: " + Causes.told(unreadable));
    }
  }

  /** Reads a text; errors name the file. */
  static Scenario parse(String file, String content) {
    return new ScenarioFile(Yaml.read(file, content)).scenario(file);
  }

  private Scenario scenario(String file) {
    Set<String> known = new TreeSet<>(SETTINGS);
    known.addAll(WORLD);
    Map<String, Yaml> fields = root.fields(known);
    Yaml declared = fields.get("types");
    if (declared != null) {
      declareTypes(declared);
    }
    Optional<Yaml> api = Optional.ofNullable(fields.get("api"));
    SimulatedFaults faults = api.map(this::faults).orElse(SimulatedFaults.NONE);
    Settings settings = settings(fields, defaults(faults));
    Map<String, Settings> variants = variants(fields, settings);
    int rounds = Yaml.optional(fields, "rounds", each -> each.number(1, MOST_ROUNDS)).orElse(1);
    Duration every =
        Yaml.optional(fields, "every", ScenarioFile::positive).orElse(Duration.ofMinutes(3));
    Wallets wallets =
        Yaml.optional(fields, "wallets", ScenarioFile::wallets).orElse(new Wallets(36, 0));
    Scenario scenario =
        new Scenario(
            Yaml.optional(fields, "name", each -> name(each, LONGEST_NAME)).orElse(file),
            streams(root.required(fields, "arrivals"), every),
            wallets.count(),
            wallets.skew(),
            rounds,
            every,
            api.map(this::behavior).orElse(seed -> ApiBehavior.of(SimulatedFaults.NONE)),
            Yaml.optional(fields, "changes", each -> changes(each, variants)).orElse(List.of()),
            variants);
    requireSense(scenario);
    return scenario;
  }

  /** Checks the scenario as a whole; these errors have no line. */
  private void requireSense(Scenario scenario) {
    List<List<Arrival>> arrivals = root.checked(() -> scenario.arrivals(1));
    if (arrivals.stream().allMatch(List::isEmpty)) {
      throw root.wrong("has no events: nothing arrives with seed 1");
    }
    for (Settings settings : scenario.variants().values()) {
      Simulation unused = root.checked(() -> sensible(scenario, settings, arrivals));
    }
  }

  private static Simulation sensible(
      Scenario scenario, Settings settings, List<List<Arrival>> arrivals) {
    arrivals.forEach(round -> round.forEach(each -> requireRoom(each.event(), settings)));
    return scenario.simulation(settings, 1, arrivals);
  }

  private static void requireRoom(AuditEvent event, Settings settings) {
    if (event.weight() > settings.limit().permits()) {
      throw new IllegalArgumentException(
          "type "
              + event.type().name()
              + " weighs "
              + event.weight()
              + " but the limit "
              + settings.limit()
              + " has "
              + Texts.count(settings.limit().permits(), "permit")
              + "; lower the weight, or say the same rate for a longer time");
    }
  }

  private static String name(Yaml yaml, int longest) {
    String name = yaml.text();
    if (name.length() > longest || name.chars().anyMatch(Character::isISOControl)) {
      throw yaml.wrong("must have at most " + longest + " characters, none of them a control");
    }
    return name;
  }

  private static Settings defaults(SimulatedFaults faults) {
    return new Settings(
        RateLimit.of(20).perMinute(),
        List.of(),
        RoundTerms.DEFAULT.withExpectations(faults.expectations(3)),
        Policy.STANDARD,
        3,
        Duration.ZERO);
  }

  private Map<String, Settings> variants(Map<String, Yaml> fields, Settings settings) {
    Map<String, Settings> variants = new LinkedHashMap<>();
    variants.put("as written", settings);
    Yaml all = fields.get("variants");
    if (all != null) {
      all.fields()
          .forEach(
              (name, yaml) -> {
                if (name.length() > LONGEST_VARIANT || name.isBlank()) {
                  throw yaml.wrong(
                      "must have a name of at most " + LONGEST_VARIANT + " characters");
                }
                variants.put(name, settings(yaml.fields(SETTINGS), settings));
              });
      if (variants.size() > MOST_VARIANTS) {
        throw all.wrong("must be at most " + (MOST_VARIANTS - 1));
      }
    }
    return variants;
  }

  private Settings settings(Map<String, Yaml> fields, Settings others) {
    RoundTerms terms = others.terms();
    terms =
        terms
            .withDeadline(
                Yaml.optional(
                        fields, "deadline", yaml -> yaml.as(new Converters.Deadline()::convert))
                    .orElse(terms.deadline()))
            .withConfidence(
                Yaml.optional(fields, "confidence", ScenarioFile::confidence)
                    .orElse(terms.confidence()))
            .withWorkers(
                Yaml.optional(fields, "workers", ScenarioFile::workers).orElse(terms.workers()))
            .withDecisionInterval(
                Yaml.optional(fields, "decision-interval", ScenarioFile::positive)
                    .orElse(terms.decisionInterval()));
    Yaml emergency = fields.get("emergency-limit");
    if (emergency != null) {
      terms =
          terms.withEmergencyLimit(
              emergency.text().equals("none") ? Optional.empty() : Optional.of(limit(emergency)));
    }
    int retries =
        Yaml.optional(fields, "retries", yaml -> yaml.number(0, 100)).orElse(others.retries());
    Yaml expect = fields.get("expect");
    terms =
        terms.withExpectations(
            expect == null
                ? new Expectations(
                    terms.expectations().failureRate(),
                    retries,
                    terms.expectations().slowRate(),
                    terms.expectations().slowFactor())
                : faults(expect.fields(FAULTS), SimulatedFaults.NONE).expectations(retries));
    return new Settings(
        Yaml.optional(fields, "limit", ScenarioFile::limit).orElse(others.limit()),
        Yaml.optional(fields, "limits", this::named).orElse(others.named()),
        terms,
        Yaml.optional(fields, "policy", ScenarioFile::policy).orElse(others.policy()),
        retries,
        Yaml.optional(fields, "worker-startup", ScenarioFile::duration)
            .orElse(others.workerStartup()));
  }

  private static RateLimit limit(Yaml yaml) {
    return yaml.as(RateLimit::parse);
  }

  private static Confidence confidence(Yaml yaml) {
    return yaml.as(new Converters.ConfidenceConverter()::convert);
  }

  private static double share(Yaml yaml) {
    return yaml.as(new Converters.Share()::convert);
  }

  private static Duration duration(Yaml yaml) {
    Duration duration =
        Converters.Durations.parse(yaml.text())
            .orElseThrow(
                () ->
                    yaml.wrong(
                        "must be a duration like 10s, 3m or 1h30m but is "
                            + Texts.quoted(yaml.text())));
    if (duration.isNegative() || duration.compareTo(Arrival.LATEST) > 0) {
      throw yaml.wrong("must be 0 s to 366 days but is " + Texts.quoted(yaml.text()));
    }
    return duration;
  }

  private static Duration positive(Yaml yaml) {
    Duration duration = duration(yaml);
    if (duration.compareTo(Duration.ofMillis(1)) < 0) {
      throw yaml.wrong("must be at least 1 ms but is " + Texts.quoted(yaml.text()));
    }
    return duration;
  }

  /** Returns {@code 4} or {@code 1-10}. */
  private static WorkerRange workers(Yaml yaml) {
    String text = yaml.text();
    if (!text.matches("\\d{1,6}(\\s*-\\s*\\d{1,6})?")) {
      throw yaml.wrong("must be like 4 or 1-10 but is " + Texts.quoted(text));
    }
    String[] parts = text.split("-", -1);
    int least = Integer.parseInt(parts[0].strip());
    int most = Integer.parseInt(parts[parts.length - 1].strip());
    return yaml.checked(() -> new WorkerRange(least, most));
  }

  private static Policy policy(Yaml yaml) {
    for (Policy policy : Policy.values()) {
      if (policy.text().equals(yaml.text())) {
        return policy;
      }
    }
    throw yaml.wrong(
        "must be one of "
            + java.util.stream.Stream.of(Policy.values())
                .map(Policy::text)
                .collect(Collectors.joining(", "))
            + " but is "
            + Texts.quoted(yaml.text()));
  }

  private List<NamedLimitText> named(Yaml yaml) {
    List<NamedLimitText> named = new ArrayList<>();
    yaml.fields().forEach((name, each) -> named.add(named(name, each)));
    return yaml.checked(
        () -> {
          Limits.Builder builder = Limits.builder();
          named.forEach(each -> each.addTo(builder));
          Limits unused = builder.build();
          return named;
        });
  }

  private NamedLimitText named(String name, Yaml yaml) {
    Map<String, Yaml> fields =
        yaml.fields(Set.of("windows", "key", "cost", "max-in-flight", "retries-hold", "ceiling"));
    Map<String, Integer> costs = new HashMap<>();
    Yaml cost = fields.get("cost");
    if (cost != null && cost.isText()) {
      costs.put("", cost.number(0, RateLimit.MAX_PERMITS));
    } else if (cost != null) {
      cost.fields()
          .forEach(
              (type, number) ->
                  costs.put(
                      type.equals("other") ? "" : type, number.number(0, RateLimit.MAX_PERMITS)));
    }
    Yaml key = fields.get("key");
    if (key != null && !Set.of("wallet", "type").contains(key.text())) {
      throw key.wrong("must be wallet or type but is " + Texts.quoted(key.text()));
    }
    List<RateLimit> windows =
        Yaml.optional(fields, "windows", ScenarioFile::windows).orElse(List.of());
    Optional<Integer> inFlight =
        Yaml.optional(fields, "max-in-flight", each -> each.number(1, 1_000_000));
    if (windows.isEmpty() && inFlight.isEmpty()) {
      throw yaml.wrong("needs windows or max-in-flight");
    }
    return new NamedLimitText(
        name,
        windows,
        key == null ? "" : key.text(),
        costs,
        inFlight,
        Yaml.optional(fields, "retries-hold", ScenarioFile::yesOrNo).orElse(false),
        Yaml.optional(fields, "ceiling", ScenarioFile::windows).orElse(List.of()));
  }

  private static boolean yesOrNo(Yaml yaml) {
    String text = yaml.text();
    if (!text.equals("true") && !text.equals("false")) {
      throw yaml.wrong("must be true or false but is " + Texts.quoted(text));
    }
    return text.equals("true");
  }

  /** Returns one window, or a list of windows. */
  private static List<RateLimit> windows(Yaml yaml) {
    return yaml.isText()
        ? List.of(limit(yaml))
        : yaml.items(8).stream().map(ScenarioFile::limit).toList();
  }

  private void declareTypes(Yaml yaml) {
    yaml.fields()
        .forEach(
            (name, each) -> {
              Map<String, Yaml> fields = each.fields(Set.of("time", "priority", "weight"));
              EventType type = each.checked(() -> EventTypes.standard().get(name));
              Yaml time = fields.get("time");
              if (time != null) {
                Duration takes = time.as(new Converters.ProcessingTime()::convert);
                type = type.withProcessingTime(takes);
              }
              Yaml priority = fields.get("priority");
              if (priority != null) {
                type = type.withPriority(priority(priority));
              }
              int weight =
                  Yaml.optional(fields, "weight", w -> w.number(1, AuditEvent.MAX_WEIGHT))
                      .orElse(1);
              types.put(name, new Share(type, weight, 1));
            });
    if (types.size() > MOST_ENTRIES) {
      throw yaml.wrong("must be at most " + MOST_ENTRIES);
    }
  }

  private static Priority priority(Yaml yaml) {
    for (Priority priority : Priority.values()) {
      if (priority.name().toLowerCase(Locale.ROOT).equals(yaml.text())) {
        return priority;
      }
    }
    throw yaml.wrong("must be high, normal or low but is " + Texts.quoted(yaml.text()));
  }

  private List<Stream> streams(Yaml yaml, Duration every) {
    List<Stream> streams = new ArrayList<>();
    for (Yaml each : yaml.items(MOST_ENTRIES)) {
      streams.add(stream(each, every));
    }
    return streams;
  }

  private Stream stream(Yaml yaml, Duration every) {
    Map<String, Yaml> any = yaml.fields();
    String pattern = yaml.required(any, "pattern").text();
    Set<String> keys =
        switch (pattern) {
          case "burst" -> Set.of("count", "at", "within", "amplitude", "period", "peak");
          case "constant", "poisson" -> Set.of("rate", "from", "to");
          case "seasonal" -> Set.of("rate", "from", "to", "amplitude", "period", "peak");
          case "list" -> Set.of("times");
          default ->
              throw yaml.required(any, "pattern")
                  .wrong(
                      "must be burst, constant, poisson, seasonal or list but is "
                          + Texts.quoted(pattern));
        };
    Set<String> known = new TreeSet<>(keys);
    known.addAll(Set.of("pattern", "type", "mix"));
    Map<String, Yaml> fields = yaml.fields(known);
    return new Stream(pattern(pattern, yaml, fields, every), mix(yaml, fields));
  }

  private IntFunction<ArrivalPattern> pattern(
      String name, Yaml yaml, Map<String, Yaml> fields, Duration every) {
    if (name.equals("burst")) {
      return burst(yaml, fields, every);
    }
    if (name.equals("list")) {
      List<Duration> times =
          yaml.required(fields, "times").items(MOST_TIMES).stream()
              .map(ScenarioFile::duration)
              .toList();
      ArrivalPattern listed = ArrivalPattern.listed(times);
      return round -> listed;
    }
    double rate = limit(yaml.required(fields, "rate")).perMinute();
    Duration from = Yaml.optional(fields, "from", ScenarioFile::duration).orElse(Duration.ZERO);
    Duration to = Yaml.optional(fields, "to", ScenarioFile::duration).orElse(every);
    if (name.equals("seasonal")) {
      double amplitude = share(yaml.required(fields, "amplitude"));
      Duration period = positive(yaml.required(fields, "period"));
      Duration peak = Yaml.optional(fields, "peak", ScenarioFile::duration).orElse(Duration.ZERO);
      return yaml.checked(
          () -> {
            ArrivalPattern unused =
                ArrivalPattern.seasonal(rate, amplitude, period, peak, from, to);
            // The season continues across rounds.
            return round ->
                ArrivalPattern.seasonal(
                    rate, amplitude, period, peak.minus(every.multipliedBy(round)), from, to);
          });
    }
    ArrivalPattern pattern =
        yaml.checked(
            () ->
                name.equals("constant")
                    ? ArrivalPattern.constant(rate, from, to)
                    : ArrivalPattern.poisson(rate, from, to));
    return round -> pattern;
  }

  private static IntFunction<ArrivalPattern> burst(
      Yaml yaml, Map<String, Yaml> fields, Duration every) {
    int count = yaml.required(fields, "count").number(1, Scenario.MOST_EVENTS);
    Duration at = Yaml.optional(fields, "at", ScenarioFile::duration).orElse(Duration.ZERO);
    Duration within = Yaml.optional(fields, "within", ScenarioFile::duration).orElse(Duration.ZERO);
    Yaml amplitude = fields.get("amplitude");
    if (amplitude == null) {
      ArrivalPattern same = ArrivalPattern.burst(count, at, within);
      return round -> same;
    }
    double swing = share(amplitude);
    double period = Texts.seconds(positive(yaml.required(fields, "period")));
    double peak =
        Texts.seconds(Yaml.optional(fields, "peak", ScenarioFile::duration).orElse(Duration.ZERO));
    return round -> {
      double start = Texts.seconds(every) * round;
      double season = 1 + swing * Math.cos(2 * Math.PI * (start - peak) / period);
      return ArrivalPattern.burst((int) Math.round(count * season), at, within);
    };
  }

  private List<Share> mix(Yaml yaml, Map<String, Yaml> fields) {
    Yaml one = fields.get("type");
    Yaml mix = fields.get("mix");
    if (one != null && mix != null) {
      throw mix.wrong("must not be given beside type");
    }
    if (one != null) {
      return List.of(type(one, one.text(), 1));
    }
    if (mix == null) {
      List<Share> standard = new ArrayList<>();
      for (StandardShare each : StandardShare.values()) {
        standard.add(type(yaml, each.name(), each.percent));
      }
      return standard;
    }
    List<Share> shares = new ArrayList<>();
    mix.fields()
        .forEach((name, each) -> shares.add(type(each, name, each.real(0.000001, 1_000_000))));
    if (shares.isEmpty()) {
      throw mix.wrong("must name at least one type");
    }
    return shares;
  }

  private Share type(Yaml yaml, String name, double share) {
    Share declared = types.get(name);
    return declared == null
        ? new Share(yaml.checked(() -> EventTypes.standard().get(name)), 1, share)
        : new Share(declared.type(), declared.weight(), share);
  }

  private record Wallets(int count, double skew) {}

  private static Wallets wallets(Yaml yaml) {
    if (yaml.isText()) {
      return new Wallets(yaml.number(1, MOST_WALLETS), 0);
    }
    Map<String, Yaml> fields = yaml.fields(Set.of("count", "skew"));
    return new Wallets(
        yaml.required(fields, "count").number(1, MOST_WALLETS),
        Yaml.optional(fields, "skew", each -> each.real(0, 10)).orElse(0.0));
  }

  private static final Set<String> API =
      Set.of("failure-rate", "slow-rate", "slow-factor", "time-factor", "types", "slow", "outages");

  private SimulatedFaults faults(Yaml api) {
    return faults(api.fields(API), SimulatedFaults.NONE);
  }

  private static SimulatedFaults faults(Map<String, Yaml> fields, SimulatedFaults others) {
    return new SimulatedFaults(
        0,
        Yaml.optional(fields, "failure-rate", ScenarioFile::share).orElse(others.failureRate()),
        Yaml.optional(fields, "slow-rate", ScenarioFile::share).orElse(others.slowRate()),
        Yaml.optional(fields, "slow-factor", each -> each.real(1, 1_000))
            .orElse(others.slowRate() == 0 && others.slowFactor() == 1 ? 2 : others.slowFactor()));
  }

  private static SimulatedFaults seeded(SimulatedFaults faults, long seed) {
    return new SimulatedFaults(seed, faults.failureRate(), faults.slowRate(), faults.slowFactor());
  }

  private LongFunction<ApiBehavior> behavior(Yaml api) {
    Map<String, Yaml> fields = api.fields(API);
    SimulatedFaults faults = faults(api);
    Map<String, SimulatedFaults> byType = new LinkedHashMap<>();
    Yaml ofTypes = fields.get("types");
    if (ofTypes != null) {
      ofTypes
          .fields()
          .forEach((type, each) -> byType.put(type, faults(each.fields(FAULTS), faults)));
    }
    List<UnaryOperator<ApiBehavior>> periods = new ArrayList<>();
    Yaml factor = fields.get("time-factor");
    if (factor != null) {
      double times = factor.real(0.001, 1_000);
      periods.add(behavior -> behavior.slowDuring(Duration.ZERO, Duration.ofDays(36_500), times));
    }
    Yaml slow = fields.get("slow");
    if (slow != null) {
      slow.items(MOST_ENTRIES).forEach(each -> periods.add(slow(each)));
    }
    Yaml outages = fields.get("outages");
    if (outages != null) {
      outages.items(MOST_ENTRIES).forEach(each -> periods.add(outage(each)));
    }
    return seed -> {
      ApiBehavior behavior = ApiBehavior.of(seeded(faults, seed));
      for (Map.Entry<String, SimulatedFaults> type : byType.entrySet()) {
        behavior = behavior.forType(type.getKey(), ApiBehavior.of(seeded(type.getValue(), seed)));
      }
      for (UnaryOperator<ApiBehavior> period : periods) {
        behavior = period.apply(behavior);
      }
      return behavior;
    };
  }

  private static UnaryOperator<ApiBehavior> slow(Yaml yaml) {
    Map<String, Yaml> fields = yaml.fields(Set.of("from", "to", "factor"));
    Duration from = duration(yaml.required(fields, "from"));
    Duration to = duration(yaml.required(fields, "to"));
    double factor = yaml.required(fields, "factor").real(0.001, 1_000);
    requirePeriod(yaml, from, to);
    return behavior -> behavior.slowDuring(from, to, factor);
  }

  private static UnaryOperator<ApiBehavior> outage(Yaml yaml) {
    Map<String, Yaml> fields = yaml.fields(Set.of("from", "to", "fails-after"));
    Duration from = duration(yaml.required(fields, "from"));
    Duration to = duration(yaml.required(fields, "to"));
    Duration after =
        Yaml.optional(fields, "fails-after", ScenarioFile::positive).orElse(Duration.ofSeconds(1));
    requirePeriod(yaml, from, to);
    return behavior -> behavior.downDuring(from, to, after);
  }

  private static void requirePeriod(Yaml yaml, Duration from, Duration to) {
    if (to.compareTo(from) <= 0) {
      throw yaml.wrong(
          "must end after it begins, at "
              + Texts.duration(from)
              + ", but ends at "
              + Texts.duration(to));
    }
  }

  private static List<Change> changes(Yaml yaml, Map<String, Settings> variants) {
    return yaml.items(MOST_ENTRIES).stream().map(each -> change(each, variants)).toList();
  }

  private static Change change(Yaml yaml, Map<String, Settings> variants) {
    Map<String, Yaml> fields = yaml.fields(Set.of("at", "limit", "name", "windows", "pause"));
    Duration at = duration(yaml.required(fields, "at"));
    if (fields.size() == 2 && fields.containsKey("limit")) {
      return new Change.Limit(at, limit(yaml.required(fields, "limit")));
    }
    if (fields.size() == 2 && fields.containsKey("pause")) {
      return new Change.Pause(at, positive(yaml.required(fields, "pause")));
    }
    if (fields.size() == 3 && fields.containsKey("name") && fields.containsKey("windows")) {
      Yaml name = yaml.required(fields, "name");
      for (Settings settings : variants.values()) {
        if (settings.named().stream().noneMatch(each -> each.name().equals(name.text()))) {
          throw name.wrong("is of no limit; declare it under limits");
        }
      }
      return new Change.Named(at, name.text(), windows(yaml.required(fields, "windows")));
    }
    throw yaml.wrong("must have at and one of limit, pause, or name with windows");
  }

  /** The mix of the events that {@code simulate} generates. */
  private enum StandardShare {
    REBALANCE_NEEDED(8),
    OPEN_POSITION_DETECTED(20),
    OPEN_ORDER_DETECTED(30),
    NEW_BALANCE_UPDATE(17),
    BALANCE_CHECK_REQUIRED(25);

    private final int percent;

    StandardShare(int percent) {
      this.percent = percent;
    }
  }
}
