package io.ratelimit.core.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.ratelimit.core.RoundTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.report.StartCount;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.report.RoundReport.TypeReport;
import io.ratelimit.core.simulation.SimulatedFaults;
import io.ratelimit.core.simulation.Simulation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RoundReportTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();

  private static RoundReport round(int events, SimulatedFaults faults) {
    List<AuditEvent> all =
        IntStream.range(0, events)
            .mapToObj(i -> AuditEvent.of("e" + i, EventType.NEW_BALANCE_UPDATE, "w"))
            .toList();
    return Simulation.builder(all, LIMIT)
        .terms(RoundTerms.DEFAULT.withExpectations(faults.expectations(RetryPolicy.DEFAULT)))
        .terms(RoundTerms.DEFAULT.withExpectations(faults.expectations(RetryPolicy.DEFAULT)))
        .faults(faults)
        .build()
        .run()
        .report();
  }

  @Test
  void aPacedRoundUsesAllThatTheLimitOffers() {
    RoundReport report = round(41, SimulatedFaults.NONE);

    // 40 intervals of 3 s, and 3 s for the last event.
    assertThat(report.elapsed()).isEqualTo(Duration.ofSeconds(123));
    assertThat(report.limitUtilization()).isCloseTo(1, within(1e-9));
    assertThat(report.largestWindow()).contains(20L);
    assertThat(report.largestLimit()).isEqualTo(20);
    assertThat(report.waiting().max()).isEqualTo(Duration.ofMinutes(2));
    assertThat(report.processing().p50()).isEqualTo(Duration.ofSeconds(3));
    assertThat(report.byType())
        .containsEntry("NEW_BALANCE_UPDATE", new TypeReport(41, 0, 41, Duration.ofSeconds(3)));
  }

  @Test
  void aReportReadsLikeATable() {
    assertThat(round(41, SimulatedFaults.NONE).toString().lines())
        .startsWith(
            "Round       finished in 123.0 s (deadline 180.0 s), 57.0 s to spare",
            "Events      41 done, 0 failed, 0 left; 41 attempts, 0 retries",
            "Limit       held: at most 20 starts in any 60.0 s, 20 allowed; 100 % of it used from first to last start",
            "Workers     up to 1, busy 100 % of their time from first to last start; the limit set the pace",
            "Waiting     p50 60.0 s, p90 111.0 s, p99 118.5 s, max 120.0 s from publication to start",
            "Processing  p50 3.0 s, p90 3.0 s, p99 3.0 s, max 3.0 s",
            "Types       NEW_BALANCE_UPDATE  41 done, 0 failed, 41 attempts, 3.0 s each");
  }

  @Test
  void aReportBecomesJson() throws Exception {
    ObjectMapper mapper =
        JsonMapper.builder().addModule(new JavaTimeModule()).addModule(new Jdk8Module()).build();
    RoundReport report = round(30, SimulatedFaults.typical(5));

    JsonNode json = mapper.readTree(mapper.writeValueAsString(report));

    assertThat(json.get("done").asLong() + json.get("failed").asLong()).isEqualTo(30);
    assertThat(json.get("elapsed").decimalValue().doubleValue())
        .isEqualTo(report.elapsed().toNanos() / 1e9);
    assertThat(json.get("decisions").get(0).get("limit").get("permits").asInt()).isEqualTo(20);
    assertThat(json.get("byType").get("NEW_BALANCE_UPDATE").get("attempts").asLong())
        .isEqualTo(report.attempts());
    assertThat(mapper.readValue(mapper.writeValueAsString(report), RoundReport.class))
        .isEqualTo(report);
  }

  @Property
  void theLargestWindowIsCountedAsByHand(
      @ForAll @Size(max = 40) List<@IntRange(max = 200) Integer> seconds,
      @ForAll @IntRange(min = 1, max = 60) int window) {
    List<StartCount.Start> starts =
        seconds.stream()
            .sorted()
            .map(s -> new StartCount.Start(Instant.ofEpochSecond(s), 1 + s % 3))
            .toList();

    long byHand = 0;
    for (int from = 0; from <= 200; from++) {
      long inWindow = 0;
      for (StartCount.Start start : starts) {
        long at = start.at().getEpochSecond();
        inWindow += at >= from && at < from + window ? start.weight() : 0;
      }
      byHand = Math.max(byHand, inWindow);
    }

    assertThat(StartCount.largestInAny(Duration.ofSeconds(window), starts)).isEqualTo(byHand);
  }
}
