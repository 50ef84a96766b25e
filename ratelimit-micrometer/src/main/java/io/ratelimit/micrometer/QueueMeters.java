package io.ratelimit.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Priority;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.scaling.Expectations;
import io.ratelimit.core.scaling.TypeEstimate;
import io.ratelimit.core.scaling.TypeHistory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one queue in one registry. Thread-safe. */
final class QueueMeters {

  private static final String EVENTS = "events";

  private record TypeAndPriority(String type, Priority priority) {}

  private final MeterRegistry registry;
  private final Tags tags;
  private final QueueSampler sampler;
  private final BoundedNames types = new BoundedNames(BoundedNames.TYPES, Set.of());
  private final Set<TypeAndPriority> pendingShown = ConcurrentHashMap.newKeySet();
  private final Set<String> observedShown = ConcurrentHashMap.newKeySet();
  private final List<Meter> registered = new CopyOnWriteArrayList<>();

  QueueMeters(MeterRegistry registry, String queueName, QueueSampler sampler) {
    this.registry = registry;
    this.tags = Tags.of("queue", queueName);
    this.sampler = sampler;
  }

  void register() {
    add(
        Gauge.builder("ratelimit.queue.up", this, self -> self.look().isPresent() ? 1 : 0)
            .description("1 if the queue answered when it was last read, otherwise 0")
            .strongReference(true)
            .tags(tags));
    state("pending", QueueStats::pending);
    state("delayed", QueueStats::delayed);
    state("leased", QueueStats::leased);
    state("failed", QueueStats::failed);
    add(
        gauge(
                "ratelimit.queue.oldest.pending.age",
                stats -> Seconds.of(stats.oldestAge().orElse(Duration.ZERO)))
            .description("Time since the oldest pending event was published; 0 when none waits")
            .baseUnit(Seconds.UNIT));
    counter("published", "Events that the queue accepted", EVENTS, QueueStats::published);
    counter("done", "Events that were finished", EVENTS, QueueStats::done);
    counter(
        "discarded",
        "Events that were cleared, purged, canceled or replaced, or that expired",
        EVENTS,
        QueueStats::discarded);
    counter("expired", "Events that expired before they were started", EVENTS, QueueStats::expired);
    counter(
        "replaced",
        "Events that a later event with their key replaced",
        EVENTS,
        QueueStats::replaced);
    counter("lost", "Events whose data the store lost", EVENTS, QueueStats::lost);
    counter("starts", "Attempts that were started", null, QueueStats::starts);
    counter(
        "acquired",
        "Permits granted to calls without an event",
        "permits",
        QueueStats::acquiredPermits);
    counter(
        "lease.expiries",
        "Leases that expired and were reclaimed",
        null,
        QueueStats::expiredLeases);
    limit();
  }

  private void limit() {
    add(
        gauge("ratelimit.limit.permits", stats -> stats.limitInForce().permits())
            .description("Permits per window of the limit in force")
            .baseUnit("permits"));
    add(
        gauge("ratelimit.limit.window", stats -> Seconds.of(stats.limitInForce().window()))
            .description("The window of the limit in force, including its margin")
            .baseUnit(Seconds.UNIT));
    add(
        gauge("ratelimit.limit.starts", QueueStats::startsInWindow)
            .description("Permits spent in the window that ends now"));
    add(
        gauge("ratelimit.limit.fill", QueueMeters::fill)
            .description("Permits spent in the window that ends now, as a share of all"));
    add(
        gauge(
                "ratelimit.limit.emergency",
                stats -> stats.limit().isEmergency(stats.observedAt()) ? 1 : 0)
            .description("1 while the limit is raised, otherwise 0"));
    add(
        gauge("ratelimit.limit.paused", stats -> stats.limit().isPaused(stats.observedAt()) ? 1 : 0)
            .description("1 while starts are paused, otherwise 0"));
  }

  private static double fill(QueueStats stats) {
    RateLimit limit = stats.limitInForce();
    return (double) stats.startsInWindow() / limit.permits();
  }

  private void state(String state, ToDoubleFunction<QueueStats> count) {
    add(
        gauge("ratelimit.queue.events", count)
            .description("Events that the queue holds")
            .baseUnit(EVENTS)
            .tag("state", state));
  }

  private void pending(TypeAndPriority of) {
    add(
        gauge("ratelimit.queue.pending", stats -> pending(stats, of))
            .description("Events that wait for a worker")
            .baseUnit(EVENTS)
            .tags("type", of.type(), "priority", of.priority().name().toLowerCase(Locale.ROOT)));
  }

  /**
   * Shows estimates of a type. Types beyond the bound have none: no number is right for all of
   * them.
   */
  private void observed(String type) {
    add(
        estimate(
                "processing.time",
                type,
                (declared, seen) -> estimate(declared, seen).typicalSeconds())
            .description(
                "How long an attempt is expected to take, from what was declared and measured")
            .baseUnit(Seconds.UNIT));
    add(
        estimate("declared.time", type, (declared, seen) -> Seconds.of(declared.processingTime()))
            .description("How long an attempt is declared to take")
            .baseUnit(Seconds.UNIT));
    add(
        estimate("failure.rate", type, (declared, seen) -> estimate(declared, seen).failureRate())
            .description("The share of attempts that is expected to fail"));
  }

  private static TypeEstimate estimate(EventType declared, TypeHistory seen) {
    return TypeEstimate.of(declared, Expectations.NONE, seen);
  }

  private Gauge.Builder<QueueMeters> estimate(
      String what, String type, ToDoubleBiFunction<EventType, TypeHistory> value) {
    return gauge(
            "ratelimit.estimate." + what,
            stats ->
                stats.observed().entrySet().stream()
                    .filter(entry -> entry.getKey().name().equals(type))
                    .mapToDouble(entry -> value.applyAsDouble(entry.getKey(), entry.getValue()))
                    .findFirst()
                    .orElse(Double.NaN))
        .tag("type", type);
  }

  private long pending(QueueStats stats, TypeAndPriority of) {
    return stats.pendingByType().entrySet().stream()
        .filter(entry -> entry.getKey().priority() == of.priority())
        .filter(entry -> types.of(entry.getKey().name()).equals(of.type()))
        .mapToLong(entry -> entry.getValue())
        .sum();
  }

  /**
   * Returns the current statistics, or empty if the queue does not answer. Registers meters for
   * types that it sees for the first time.
   */
  private Optional<QueueStats> look() {
    Optional<QueueStats> stats = sampler.stats();
    stats.ifPresent(
        found ->
            found.pendingByType().keySet().stream()
                .map(type -> new TypeAndPriority(types.of(type.name()), type.priority()))
                .filter(pendingShown::add)
                .forEach(this::pending));
    stats.ifPresent(
        found ->
            found.observed().keySet().stream()
                .map(EventType::name)
                .filter(name -> types.of(name).equals(name))
                .filter(observedShown::add)
                .forEach(this::observed));
    return stats;
  }

  private Gauge.Builder<QueueMeters> gauge(String name, ToDoubleFunction<QueueStats> value) {
    return Gauge.builder(
            name, this, self -> self.look().map(value::applyAsDouble).orElse(Double.NaN))
        .strongReference(true)
        .tags(tags);
  }

  private void add(Gauge.Builder<QueueMeters> gauge) {
    registered.add(gauge.register(registry));
  }

  /**
   * Registers a counter. While the queue does not answer, it keeps its last value: a counter may
   * neither be {@code NaN} nor go back. The gauges hold the strong reference to this object.
   */
  private void counter(
      String what, String description, @Nullable String unit, ToDoubleFunction<QueueStats> count) {
    registered.add(
        FunctionCounter.builder(
                "ratelimit.queue." + what,
                this,
                self ->
                    self.look().or(self.sampler::lastAnswer).map(count::applyAsDouble).orElse(0.0))
            .description(description)
            .baseUnit(unit)
            .tags(tags)
            .register(registry));
  }

  void remove() {
    registered.forEach(registry::remove);
  }
}
