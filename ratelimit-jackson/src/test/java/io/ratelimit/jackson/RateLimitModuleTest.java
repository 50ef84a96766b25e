package io.ratelimit.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.engine.AuditEngine;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.Payload;
import io.ratelimit.core.forecast.PastForecast;
import io.ratelimit.core.forecast.RoundForecast;
import io.ratelimit.core.forecast.RoundForecast.Prediction;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.AssumedStarts;
import io.ratelimit.core.limit.Charge;
import io.ratelimit.core.limit.Charges;
import io.ratelimit.core.limit.Corrected;
import io.ratelimit.core.limit.KeyPattern;
import io.ratelimit.core.limit.LargestWindows;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.LimitSettings;
import io.ratelimit.core.limit.LimitSettings.Demand;
import io.ratelimit.core.limit.NamedLimit;
import io.ratelimit.core.limit.NamedLimitSettings;
import io.ratelimit.core.limit.NamedLimitSettings.LimitOverride;
import io.ratelimit.core.limit.NamedLimitSettings.NamedDemand;
import io.ratelimit.core.limit.Pause;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.plan.Backlog;
import io.ratelimit.core.plan.PlanRequest;
import io.ratelimit.core.plan.Planner;
import io.ratelimit.core.queue.AcquireRequest;
import io.ratelimit.core.queue.AcquireResult;
import io.ratelimit.core.queue.CorrectionReceipt;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.queue.EventQueue.Amendment;
import io.ratelimit.core.queue.EventQueue.ClearReceipt;
import io.ratelimit.core.queue.EventQueue.ClearScope;
import io.ratelimit.core.queue.FailedEvent;
import io.ratelimit.core.queue.FailedEvent.PastAttempt;
import io.ratelimit.core.queue.FailedQueue.Redrive;
import io.ratelimit.core.queue.FailedQueue.RedriveReceipt;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.queue.NamedLimitControl.KeyStats;
import io.ratelimit.core.queue.PublishReceipt;
import io.ratelimit.core.queue.PublishTerms;
import io.ratelimit.core.queue.QueueStats;
import io.ratelimit.core.queue.QueueStore.StoredRecord;
import io.ratelimit.core.queue.QueuedEvent;
import io.ratelimit.core.queue.Settlement;
import io.ratelimit.core.queue.TakeRequest;
import io.ratelimit.core.queue.TakeResult;
import io.ratelimit.core.queue.WantedTypes;
import io.ratelimit.core.report.Lateness;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.core.report.Spread;
import io.ratelimit.core.scaling.LimitLoad;
import io.ratelimit.core.scaling.Provision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.TypeEstimate;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.simulation.Simulation;
import io.ratelimit.core.simulation.Simulation.Arrival;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** This library's values in a host's JSON, with a mapper that finds its modules by itself. */
class RateLimitModuleTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final EventType ODD =
      EventType.of("ODD-1").withProcessingTime(Duration.ofMillis(1234));
  private static final AuditEvent EVENT =
      AuditEvent.of("event", ODD, "wallet")
          .withPayload(Payload.ofBytes(new byte[] {0, -1, 7}))
          .withAttribute("account", "ä")
          .withWeight(3);
  private static final RateLimit LIMIT = RateLimit.of(6_000).perMinute().withBurst(10);

  /** Types that hold code, exceptions or the internals of a limit, and inputs of a policy. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "forecast.Forecaster$Season",
          "handler.AttemptOutcome$Done",
          "handler.AttemptOutcome$Failed",
          "handler.AttemptOutcome$Released",
          "handler.AttemptOutcome$Retry",
          "handler.AttemptOutcome$Throttled",
          "handler.BatchResult",
          "handler.Failure",
          "handler.Failure$Reaction",
          "limit.Corrected",
          "limit.Decision$Granted",
          "limit.Decision$NeverAdmissible",
          "limit.Decision$NotBefore",
          "limit.Decision$Paused",
          "limit.LimitState$PossiblePast",
          "queue.AckedAndTaken",
          "queue.PublishTerms",
          "queue.PublishTerms$Latest",
          "scaling.ScalingInput",
          "scaling.Workload$Part");

  private final ObjectMapper mapper = JsonMapper.builder().findAndAddModules().build();

  private static final NamedLimitSettings SETTINGS =
      NamedLimitSettings.of(NamedLimit.of("account", LIMIT).withCeiling(LIMIT))
          .withOverride(new LimitOverride(new KeyPattern("account", "\u00e4*"), List.of(LIMIT)))
          .withDemand(new NamedDemand(KeyPattern.all("account"), "owner", List.of(LIMIT), AT), AT);

  private static final RoundRecord ROUND =
      new RoundRecord(
          "round",
          "queue",
          "owner",
          AT,
          AT.plusSeconds(1),
          Duration.ofSeconds(3),
          RoundRecord.Outcome.MISSED,
          Optional.of("late"),
          Optional.of(new RoundRecord.Counts(1, 2, 3, 4, 5, 6, 7, 8)),
          Optional.of(List.of(1L)),
          List.of(
              new RoundRecord.OfType(
                  "A",
                  Optional.of(1L),
                  Optional.of(List.of(1L)),
                  1,
                  2,
                  3,
                  4,
                  Optional.of(Spread.of(Duration.ofSeconds(1))))),
          new RoundRecord.Sample(
              1,
              Optional.of(Spread.NONE),
              Optional.empty(),
              Optional.of(List.of(new RoundRecord.OfWallet("w", 3, 1)))),
          new RoundRecord.LimitUse(
              Optional.of(LIMIT),
              List.of(new RoundRecord.InForce(AT, LIMIT, Mode.EMERGENCY)),
              Optional.of(1L),
              Optional.empty()),
          Optional.of(new RoundRecord.Workers(3, 1.5, 0.5)),
          Map.of(Constraint.RATE, 0.5),
          List.of("note"));

  private static List<Object> values() {
    List<Object> values =
        new ArrayList<>(
            List.of(
                EVENT,
                LIMIT,
                AttemptTerms.DEFAULT,
                RetryPolicy.NONE,
                RoundTerms.DEFAULT.withEmergencyLimit(LIMIT),
                new Demand("owner", LIMIT, AT),
                new Charge(new LimitKey("account", "ä"), 3),
                NamedLimit.of("account", LIMIT).withMaxInFlight(1),
                KeyPattern.all("account"),
                SETTINGS.overrides().get(0),
                SETTINGS.demands().get(0),
                SETTINGS,
                new LimitLoad(
                    SETTINGS,
                    3,
                    List.of(
                        new LimitLoad.Key(
                            new LimitKey("account", "ä"), 7, List.of(2L), 1, Optional.of(AT))),
                    9,
                    false,
                    2),
                new KeyStats(
                    new LimitKey("account", "7"),
                    List.of(LIMIT),
                    List.of(3L),
                    1,
                    Optional.of(new Pause(Optional.empty())),
                    Optional.of(AT),
                    Optional.empty()),
                new Pause(Optional.of(AT)),
                LimitSettings.of(LIMIT),
                new AssumedStarts(AT, 7),
                new LargestWindows(Optional.of(AT), List.of(new LargestWindows.Peak(AT, 3))),
                new AcquireRequest("id", 2),
                Charges.of("address", 2).and("account", "ä", 1).withPermits(3),
                new AcquireResult.Granted(AT),
                new AcquireResult.NotBefore(AT),
                new AcquireResult.Paused(Optional.empty()),
                new AcquireResult.Never(7, 3),
                new AcquireResult.Never(7, 3, Optional.of(new LimitKey("account", "ä"))),
                new TakeRequest("id", "w", 3, Duration.ofSeconds(1), WantedTypes.all()),
                WantedTypes.named(Set.of("A")),
                new TakeResult.NotBefore(AT),
                new TakeResult.Empty(Optional.of(AT)),
                new TakeResult.Paused(Optional.of(AT)),
                new ClearReceipt(1, 2, 3),
                Costs.asReserved()
                    .withPermits(7)
                    .with("weight", 3)
                    .with(new Costs.Usage("weight", Duration.ofMinutes(1), 5)),
                new CorrectionReceipt(
                    Settlement.SETTLED,
                    1,
                    2,
                    3,
                    List.of(
                        new CorrectionReceipt.Overrun(
                            Optional.of(new LimitKey("account", "7")),
                            new Corrected.Overrun(LIMIT, 4)))),
                new QueueStats.Corrections(1, 2, 3, Optional.of(AT)),
                new PublishReceipt(1, List.of("twice")),
                new RedriveReceipt(1, 2, 3, OptionalLong.of(4)),
                new FailedEvent(
                    1, EVENT, 2, "reason", AT, AT, List.of(new PastAttempt(1, AT, AT, "early"))),
                new QueuedEvent(1, EVENT, 2, AT),
                new StoredRecord(3, Optional.of("event/1")),
                new QueueStats.SetAside(2, Duration.ofSeconds(3)),
                new TypeEstimate(1, 0.1, 2, 0.1, 0.5, 7),
                new Lateness(1, Duration.ofSeconds(1), Lateness.Cause.LIMIT, "late"),
                Provision.first(AT, 3, 5),
                Planner.plan(new PlanRequest(Backlog.of(ODD, 10), LIMIT, RoundTerms.DEFAULT)),
                Simulation.builder(List.of(EVENT), LIMIT).build().run(),
                new Arrival(Duration.ofSeconds(1), EVENT),
                new SimulatedFaults(1, 0.1, 0.1, 2),
                new PastForecast(AT, new Prediction(5.5, 3, 8), 6),
                new RoundForecast(
                    AT,
                    new Prediction(5.5, 3, 8),
                    Map.of("A", new Prediction(5.5, 3, 8)),
                    Map.of(),
                    List.of(0.4, 1.0),
                    10,
                    0.1,
                    0.2),
                new SimulatedFaults.Fate(Duration.ofSeconds(1), true),
                Settlement.SETTLED,
                Amendment.MADE,
                new PublishTerms.Expiry(Duration.ofHours(1), PublishTerms.Expired.FAILED),
                PublishTerms.Place.KEPT,
                ClearScope.ALL,
                Redrive.REDRIVEN));
    values.addAll(ofARound());
    values.add(ROUND);
    values.add(new HistoryPage(List.of(ROUND), Optional.of(HistoryQuery.newest(3)), 1));
    values.add(HistoryQuery.newest(3).before(HistoryQuery.Place.of(ROUND)));
    return values;
  }

  /** Answers of a queue and an engine. */
  private static List<Object> ofARound() {
    InMemoryEventQueue queue = InMemoryEventQueue.create(LIMIT);
    queue.publish(EVENT);
    TakeResult taken = queue.take(TakeRequest.one("id", "w", Duration.ofMinutes(1)));
    Lease lease = ((TakeResult.Taken) taken).leases().get(0);
    Settlement unused = queue.release(lease);
    QueueStats before = queue.stats();
    try (AuditEngine engine = AuditEngine.builder(queue).handler(event -> {}).build()) {
      RoundReport report = engine.runRound();
      engine.start();
      return List.of(taken, lease, before, report, queue.stats(), engine.health());
    }
  }

  @Test
  void isReadAsItWasWritten() throws JsonProcessingException {
    Set<Class<?>> seen = new HashSet<>();
    for (Object value : values()) {
      String json = mapper.writeValueAsString(value);
      assertThat(mapper.readValue(json, value.getClass())).as(json).isEqualTo(value);
      collect(value, seen);
    }

    Set<String> covered = new TreeSet<>(LEFT_OUT);
    seen.forEach(type -> covered.add(nameOf(type.getName())));
    assertThat(publicValues()).as("every public record and enum").isSubsetOf(covered);
  }

  private static String nameOf(String type) {
    return type.replace("io.ratelimit.core.", "");
  }

  private static Set<String> publicValues() {
    JavaClasses core = new ClassFileImporter().importPackages("io.ratelimit.core");
    Set<String> names = new TreeSet<>();
    for (JavaClass type : core) {
      boolean open =
          type.getModifiers().contains(JavaModifier.PUBLIC)
              && !type.getPackageName().contains(".internal");
      if (open && (type.isRecord() || type.isEnum())) {
        names.add(nameOf(type.getName()));
      }
    }
    return names;
  }

  private static void collect(Object value, Set<Class<?>> seen) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(each -> collect(each, seen));
    } else if (value instanceof Collection<?> several) {
      several.forEach(each -> collect(each, seen));
    } else if (value instanceof Map<?, ?> map) {
      collect(map.keySet(), seen);
      collect(map.values(), seen);
    } else if (value instanceof Backlog backlog) {
      collect(backlog.runs(), seen);
    } else if (value instanceof Enum<?> one) {
      seen.add(one.getDeclaringClass());
    } else if (value instanceof Record) {
      seen.add(value.getClass());
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        try {
          collect(component.getAccessor().invoke(value), seen);
        } catch (ReflectiveOperationException broken) {
          throw new LinkageError("a component cannot be read", broken);
        }
      }
    }
  }

  @Test
  void anAnswerOfSeveralSaysWhichItIs() throws JsonProcessingException {
    TakeResult result = new TakeResult.Empty(Optional.empty());
    String json = mapper.writerFor(TakeResult.class).writeValueAsString(result);

    assertThat(json).isEqualTo("{\"is\":\"Empty\",\"nextDue\":null}");
    assertThat(mapper.readValue(json, TakeResult.class)).isEqualTo(result);
    assertThat(mapper.readValue("{\"is\":\"Never\",\"permits\":7,\"most\":3}", AcquireResult.class))
        .isEqualTo(new AcquireResult.Never(7, 3));
  }

  @Test
  void anEventIsAnObjectOfItsParts() throws JsonProcessingException {
    assertThat(mapper.readTree(mapper.writeValueAsString(EVENT)).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("id", "type", "walletId", "payload", "attributes", "weight");
  }

  @Test
  void aTypeIsTheKeyOfAMap() throws JsonProcessingException {
    Map<EventType, Long> counts = Map.of(ODD, 3L);
    String json = mapper.writeValueAsString(counts);

    assertThat(json).isEqualTo("{\"ODD-1:" + ODD.priority() + ":PT1.234S\":3}");
    assertThat(mapper.readValue(json, new TypeReference<Map<EventType, Long>>() {}))
        .isEqualTo(counts);
    for (String wrong : List.of("a", "a:b", "a:NONE:PT1S", "a:HIGH:soon", ":HIGH:PT1S")) {
      assertThatExceptionOfType(JsonMappingException.class)
          .isThrownBy(
              () ->
                  mapper.readValue(
                      "{\"" + wrong + "\":3}", new TypeReference<Map<EventType, Long>>() {}))
          .withMessageContaining("name:priority:time");
    }
  }

  @Test
  void whatIsInvalidIsRefusedAsByTheConstructors() {
    assertThatExceptionOfType(JsonProcessingException.class)
        .isThrownBy(
            () ->
                mapper.readValue(
                    "{\"permits\":0,\"period\":60,\"burst\":1,\"margin\":0}", RateLimit.class))
        .withMessageContaining("permits");
  }

  @Test
  void whatIsLeftOutIsThere() {
    assertThat(LEFT_OUT).isSubsetOf(publicValues());
  }
}
