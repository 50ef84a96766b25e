package io.ratelimit.core.queue;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.scaling.LimitLoad;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The named limits of a queue, in addition to its own: each with one or more windows, by key if
 * wanted, and with a cost that depends on the event. An event is handed out when the queue's own
 * limit and all limits that apply to it admit it, and then takes from all of them in the same step.
 *
 * <pre>{@code
 * Limits limits = Limits.builder()
 *     .limit("address", RateLimit.of(6_000).perMinute())
 *     .limit("account", event -> event.attributes().get("account"),
 *         RateLimit.of(100).per(Duration.ofSeconds(10)), RateLimit.of(200_000).per(Duration.ofDays(1)))
 *     .cost("address", event -> event.type().equals(EventType.OPEN_ORDER_DETECTED) ? 5 : 1)
 *     .build();
 * }</pre>
 *
 * <p>The queue object that publishes an event computes its keys and costs once, and stores them
 * with the event, so takers need no functions. The windows are declared to the queue, which keeps
 * them; later changes by {@link NamedLimitControl} take precedence.
 *
 * <p>Immutable, and thread-safe as far as the functions are.
 */
public final class Limits {

  /** The maximum number of named limits of a queue. */
  public static final int MAX_LIMITS = 32;

  private record Rule(
      NamedLimit limit,
      Function<AuditEvent, @Nullable String> key,
      ToIntFunction<AuditEvent> cost) {}

  private final List<Rule> rules;

  private Limits(Collection<Rule> rules) {
    this.rules = rules.stream().sorted(Comparator.comparing(rule -> rule.limit.name())).toList();
  }

  /** No named limits. */
  public static Limits none() {
    return new Limits(List.of());
  }

  /** Prepares limits. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns what is declared to the queue, by name. */
  public List<NamedLimit> declared() {
    return rules.stream().map(Rule::limit).toList();
  }

  /**
   * Returns what one attempt of an event costs, by limit.
   *
   * @throws IllegalArgumentException if the event has a key of another form or a negative cost, or
   *     more than {@value Charge#MAX_CHARGES} limits apply to it
   */
  public List<Charge> charges(AuditEvent event) {
    if (rules.isEmpty()) {
      return List.of();
    }
    List<Charge> charges = new ArrayList<>();
    for (Rule rule : rules) {
      String key = rule.key.apply(event);
      int cost = key == null ? 0 : rule.cost.applyAsInt(event);
      if (cost == 0) {
        continue;
      }
      try {
        charges.add(new Charge(new LimitKey(rule.limit.name(), key), cost));
      } catch (IllegalArgumentException refused) {
        throw new IllegalArgumentException(
            "event " + Printable.text(event.id()) + ": " + refused.getMessage(), refused);
      }
    }
    if (charges.size() > Charge.MAX_CHARGES) {
      throw new IllegalArgumentException(
          "at most "
              + Charge.MAX_CHARGES
              + " limits may apply to event "
              + Printable.text(event.id())
              + " but "
              + charges.size()
              + " do");
    }
    return List.copyOf(charges);
  }

  /**
   * Returns the demand of events for each limit that charges some of them, by name, for a plan in
   * which nothing of the limits is used yet.
   *
   * @throws IllegalArgumentException as for {@link #charges}, or if an event costs more in a limit
   *     than that ever admits
   */
  public List<LimitLoad> loads(Collection<AuditEvent> events) {
    Map<String, Map<LimitKey, Long>> costs = new HashMap<>();
    Map<String, Integer> heaviest = new HashMap<>();
    for (AuditEvent event : events) {
      for (Charge charge : charges(event)) {
        String name = charge.key().limit();
        costs
            .computeIfAbsent(name, absent -> new HashMap<>())
            .merge(charge.key(), (long) charge.cost(), Long::sum);
        heaviest.merge(name, charge.cost(), Math::max);
      }
    }
    List<LimitLoad> loads = new ArrayList<>();
    for (NamedLimit limit : declared()) {
      Map<LimitKey, Long> byKey = costs.get(limit.name());
      if (byKey != null) {
        loads.add(load(limit, byKey, heaviest.getOrDefault(limit.name(), 1)));
      }
    }
    return loads;
  }

  private static LimitLoad load(NamedLimit limit, Map<LimitKey, Long> byKey, int heaviest) {
    if (heaviest > limit.largestCost()) {
      throw new IllegalArgumentException(
          "an event costs "
              + heaviest
              + " in the limit "
              + Printable.text(limit.name())
              + ", which admits "
              + limit.largestCost()
              + " at most; raise the limit, or use a longer period");
    }
    List<LimitLoad.Key> keys =
        byKey.entrySet().stream()
            .sorted(
                Map.Entry.<LimitKey, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(LimitLoad.MOST_KEYS)
            .map(key -> LimitLoad.Key.unused(key.getKey(), key.getValue()))
            .toList();
    return new LimitLoad(
        NamedLimitSettings.of(limit), heaviest, keys, byKey.size() - keys.size(), true, 0);
  }

  /** Configures limits. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Rule> rules = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds a limit that all events share.
     *
     * @param name 1 to {@value LimitKey#MAX_NAME_LENGTH} characters, not blank
     * @param windows all hold at once
     * @throws IllegalArgumentException if the name is taken or has another form, there are too many
     *     limits, or the windows are none or equally long
     */
    @CanIgnoreReturnValue
    public Builder limit(String name, RateLimit... windows) {
      return add(NamedLimit.of(name, windows), event -> "");
    }

    /**
     * Adds a limit that applies to each key separately.
     *
     * @param name 1 to {@value LimitKey#MAX_NAME_LENGTH} characters, not blank
     * @param key returns the key of an event, up to {@value LimitKey#MAX_KEY_LENGTH} characters; if
     *     it returns null, the limit does not apply to the event
     * @param windows all hold at once
     * @throws IllegalArgumentException as without a key
     */
    @CanIgnoreReturnValue
    public Builder limit(
        String name, Function<AuditEvent, @Nullable String> key, RateLimit... windows) {
      return add(NamedLimit.of(name, windows), key);
    }

    /**
     * Adds a bound on attempts in flight for each key, without a window: {@code
     * maxInFlight("wallet", AuditEvent::walletId, 1)} runs the attempts of a wallet one at a time,
     * in the order in which its events were published.
     *
     * @param most 1 to {@value NamedLimit#MOST_IN_FLIGHT}
     * @throws IllegalArgumentException as for {@link #limit}, or if the number is outside its range
     */
    @CanIgnoreReturnValue
    public Builder maxInFlight(String name, Function<AuditEvent, @Nullable String> key, int most) {
      return add(new NamedLimit(name, List.of(), OptionalInt.of(most), false), key);
    }

    /**
     * Bounds the attempts in flight for each key of a limit that was added before.
     *
     * @throws IllegalArgumentException if there is no such limit, or the number is outside its
     *     range
     */
    @CanIgnoreReturnValue
    public Builder maxInFlight(String name, int most) {
      Rule rule = rule(name);
      rules.put(name, new Rule(rule.limit.withMaxInFlight(most), rule.key, rule.cost));
      return this;
    }

    /**
     * Makes an event that waits for its retry hold up the other events of its key: with one attempt
     * in flight, they stay in order even then. Without this, they overtake it in the meantime.
     *
     * @throws IllegalArgumentException if there is no such limit, or its attempts at once are not
     *     bounded
     */
    @CanIgnoreReturnValue
    public Builder retriesHold(String name) {
      Rule rule = rule(name);
      NamedLimit limit = rule.limit;
      NamedLimit held =
          new NamedLimit(name, limit.windows(), limit.maxInFlight(), true, limit.ceiling());
      rules.put(name, new Rule(held, rule.key, rule.cost));
      return this;
    }

    /**
     * Sets ceilings up to which demands may raise windows of a limit that was added before; without
     * ceilings, none is raised.
     *
     * @param high up to where, each of the length of one of the windows
     * @throws IllegalArgumentException if there is no such limit, one is of another length, or two
     *     are of the same
     */
    @CanIgnoreReturnValue
    public Builder ceiling(String name, RateLimit... high) {
      Rule rule = rule(name);
      rules.put(name, new Rule(rule.limit.withCeiling(high), rule.key, rule.cost));
      return this;
    }

    /**
     * Sets what an attempt costs in a limit that was added before; 1 by default.
     *
     * @param cost returns 0 to {@value RateLimit#MAX_PERMITS}; with 0, the limit does not apply to
     *     the event
     * @throws IllegalArgumentException if there is no such limit
     */
    @CanIgnoreReturnValue
    public Builder cost(String name, ToIntFunction<AuditEvent> cost) {
      Rule rule = rule(name);
      rules.put(name, new Rule(rule.limit, rule.key, requireNonNull(cost, "cost")));
      return this;
    }

    private Rule rule(String name) {
      Rule rule = rules.get(requireNonNull(name, "name"));
      if (rule == null) {
        throw new IllegalArgumentException(
            "the limit " + Printable.quoted(name) + " must be added first; there is none");
      }
      return rule;
    }

    private Builder add(NamedLimit limit, Function<AuditEvent, @Nullable String> key) {
      requireNonNull(key, "key");
      if (rules.containsKey(limit.name())) {
        throw new IllegalArgumentException(
            "a limit must have a name of its own but "
                + Printable.quoted(limit.name())
                + " is taken");
      }
      Requirements.count("limits", rules.size() + 1, 1, MAX_LIMITS);
      rules.put(limit.name(), new Rule(limit, key, event -> 1));
      return this;
    }

    /** Creates the limits. */
    public Limits build() {
      return new Limits(rules.values());
    }
  }
}
