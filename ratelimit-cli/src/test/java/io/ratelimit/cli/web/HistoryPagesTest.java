package io.ratelimit.cli.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.queue.ShownOthers;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.history.HistoryPage;
import io.ratelimit.core.history.HistoryQuery;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.time.VirtualTime;
import io.ratelimit.testkit.history.SampleRound;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HistoryPagesTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  private InMemoryRoundHistory rounds = InMemoryRoundHistory.create();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicBoolean away = new AtomicBoolean();
  private final VirtualTime time = VirtualTime.startingAt(AT);
  private final HttpClient client = HttpClient.newHttpClient();
  private final ShownOthers others = ShownOthers.none();
  private final WebServer server =
      WebServer.start(
          WebServer.LOOPBACK,
          0,
          List.of(
              new Dashboard(
                  "audits",
                  new KeptQueue(
                      InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).time(time).build(),
                      new Watched()),
                  others.source(),
                  BrowserGuard.allowing(Stream.empty()),
                  Optional.empty(),
                  time)));

  @AfterEach
  void close() {
    server.close();
  }

  /** A history that counts who reads it. */
  private final class Watched implements RoundHistory {
    @Override
    public void append(RoundRecord round) {
      rounds.append(round);
    }

    @Override
    public HistoryPage read(HistoryQuery query) {
      reads.incrementAndGet();
      if (away.get()) {
        throw new HistoryException("no rounds are read: Redis is away");
      }
      return rounds.read(query);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.url() + path)).build(), BodyHandlers.ofString());
  }

  private static RoundRecord missed() {
    return missed("", AT);
  }

  private static RoundRecord missed(String queue, Instant end) {
    return SampleRound.ended(RoundRecord.idOf(queue, "engine", end), end)
        .of(queue, "engine")
        .took(Duration.ofSeconds(200))
        .missed("3 events left: <b>the limit</b>")
        .counts(new RoundRecord.Counts(100, 8, 103, 2, 3, 0, 110, 3))
        .build();
  }

  @Test
  void servesAPageOfItsOwn() throws IOException, InterruptedException {
    assertThat(get("/history").body()).contains("history.js", "Margin to the deadline");
    assertThat(get("/history.js").body()).contains("api/history").doesNotContain("innerHTML");
    assertThat(get("/history.css").statusCode()).isEqualTo(200);
  }

  @Test
  void tellsWhatIsKnownOfEachRound() throws IOException, InterruptedException {
    rounds.append(missed());
    JsonNode told = new JsonMapper().readTree(get("/api/history").body());

    assertThat(told.get("queue").textValue()).isEqualTo("audits");
    JsonNode round = told.get("rounds").get(0);
    assertThat(round.get("outcome").textValue()).isEqualTo("MISSED");
    assertThat(round.get("left").intValue()).isEqualTo(3);
    assertThat(round.get("events").intValue()).isEqualTo(108);
    assertThat(round.get("margin").isNull()).as("something was left").isTrue();
    assertThat(round.get("workers").isNull()).isTrue();
  }

  @Test
  void readsOnceInAWhileWhoeverLooks() throws IOException, InterruptedException {
    for (int look = 0; look < 5; look++) {
      assertThat(get("/api/history").statusCode()).isEqualTo(200);
    }
    // The rounds that are shown, and those that are learned.
    assertThat(reads).hasValue(2);
    time.advance(Duration.ofSeconds(6));
    rounds.append(missed());

    assertThat(get("/api/history").body()).contains("MISSED");
    assertThat(get("/api/forecast").body()).contains("from 1 round;");
    assertThat(reads).hasValue(4);
  }

  @Test
  void showsTheRoundsOfTheQueueThatIsChosen() throws IOException, InterruptedException {
    rounds.append(missed());
    others.add("others", 0);
    others.rounds("others").append(missed("others", AT.minusSeconds(900)));
    JsonNode other = new JsonMapper().readTree(get("/api/history?queue=others").body());

    assertThat(other.get("queue").textValue()).isEqualTo("others");
    assertThat(other.get("rounds").findValuesAsText("endedAt"))
        .containsExactly("2026-01-02T02:49:05Z");
    assertThat(get("/api/history?queue=nowhere").statusCode()).isEqualTo(404);
  }

  @Test
  void forecastsFromTheRoundsAndShowsWhatWasForecastOfEach()
      throws IOException, InterruptedException {
    for (int round = 12; round > 0; round--) {
      rounds.append(missed("", AT.minusSeconds(600L * round)));
    }
    JsonNode told = new JsonMapper().readTree(get("/api/history").body());

    assertThat(told.get("rounds").get(0).get("forecast").get("mean").doubleValue())
        .as("105 each but for the first")
        .isBetween(105.0, 108.0);
    assertThat(told.get("rounds").get(11).get("forecast").isNull()).as("the first").isTrue();
    JsonNode forecast = told.get("forecast");
    assertThat(forecast.get("learned").intValue()).isEqualTo(12);
    assertThat(forecast.get("trust").get("used").booleanValue()).isTrue();
    assertThat(forecast.get("underWay").isNull()).isTrue();
    assertThat(forecast).isEqualTo(new JsonMapper().readTree(get("/api/forecast").body()));
  }

  @Test
  void doesNotForecastARemovedQueueFromItsRounds() throws IOException, InterruptedException {
    rounds.append(missed());
    assertThat(get("/api/forecast").body()).contains("from 1 round;");
    rounds = InMemoryRoundHistory.create();
    time.advance(Duration.ofSeconds(6));

    assertThat(get("/api/forecast").body()).contains("is not forecast: no round");
  }

  @Test
  void saysThatTheHistoryIsAway() throws IOException, InterruptedException {
    away.set(true);
    HttpResponse<String> answer = get("/api/history");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("\"error\"", "Redis is away");
    away.set(false);
    assertThat(get("/api/history").statusCode()).as("asked again a moment later").isEqualTo(503);
    time.advance(Duration.ofSeconds(6));
    assertThat(get("/api/history").statusCode()).isEqualTo(200);
  }
}
