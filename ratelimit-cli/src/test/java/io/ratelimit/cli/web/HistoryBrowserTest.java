package io.ratelimit.cli.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.ratelimit.core.history.InMemoryRoundHistory;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person sees of the rounds that were kept, in a real browser. */
class HistoryBrowserTest {

  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

  private static Browser browser;

  private final InMemoryRoundHistory rounds = InMemoryRoundHistory.create();
  private final WebServer server =
      WebServer.start(
          WebServer.LOOPBACK,
          0,
          new HistoryPages("q" + HOSTILE, rounds, Time.system())
              .beside(List.of(HistoryBrowserTest::theDashboardsFiles)));

  private static void theDashboardsFiles(JavalinConfig config) {
    config.routes.before(DashboardPage::restrict);
    DashboardPage.addTo(config.routes);
  }

  @BeforeAll
  static void start() {
    browser = Browser.startOrSkip();
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void aDesk() {
    browser.onADesk();
  }

  @AfterEach
  void close() {
    assertThat(browser.complaints()).isEmpty();
    browser.open("about:blank");
    server.close();
  }

  /** A round that took so many seconds and left so many events. */
  private void ended(String id, int number, long seconds, long left, Optional<String> why) {
    Instant end = AT.plus(DEADLINE.multipliedBy(number));
    boolean met = left == 0 && seconds <= DEADLINE.toSeconds();
    rounds.append(
        new RoundRecord(
            id,
            "audits",
            "engine",
            end.minusSeconds(seconds),
            end,
            DEADLINE,
            met ? RoundRecord.Outcome.MET : RoundRecord.Outcome.MISSED,
            why,
            Optional.of(new RoundRecord.Counts(108, 0, 108 - left, 0, left, 0, 110, 2)),
            Optional.empty(),
            List.of(),
            RoundRecord.Sample.NONE,
            RoundRecord.LimitUse.NONE,
            Optional.empty(),
            Map.of(),
            List.of()));
  }

  private void threeRounds() {
    ended("r1", 0, 154, 0, Optional.empty());
    ended("r2", 1, 190, 0, Optional.of("10.0 s late: the limit was used up"));
    ended("r3", 2, 180, 3, Optional.of("3 events left: " + HOSTILE));
  }

  @Test
  void aHistoryWithoutRoundsSaysSo() {
    browser.open(server.url() + "/history");

    browser.awaitText("#told", "No round is kept yet");
    assertThat(browser.findAll("#margins rect")).isEmpty();
  }

  @Test
  void eachRoundHasARowAndABar() {
    threeRounds();
    browser.open(server.url() + "/history");

    browser.awaitText("#told", "3 rounds: 1 met, 2 missed, 0 ended early");
    browser.awaitText("#queue-name", "q" + HOSTILE);
    browser.awaitText("#rounds tbody tr:nth-child(1)", "3 left");
    browser.awaitText("#rounds tbody tr:nth-child(1)", HOSTILE);
    browser.awaitText("#rounds tbody tr:nth-child(2)", "−10.0 s");
    browser.awaitText("#rounds tbody tr:nth-child(3)", "+26.0 s");
    browser.awaitText("#scale", "Largest +26.0 s, smallest −10.0 s.");
    assertThat(browser.findAll("#margins rect.met")).hasSize(1);
    assertThat(browser.findAll("#margins rect.missed")).hasSize(2);
    assertThat(browser.find("#margins").getDomAttribute("aria-label"))
        .isEqualTo("3 rounds: 1 met, 2 missed, 0 ended early");
    assertThat(browser.findAll("main img")).isEmpty();
    assertThat(browser.script("return document.title")).isEqualTo("History of q" + HOSTILE);
  }

  @Test
  void aPhoneScrollsOnlyUpAndDownAndEverybodyCanUseIt() {
    threeRounds();
    browser.screen(360, 740, 1);
    for (String colors : List.of("light", "dark")) {
      browser.colors(colors);
      browser.open(server.url() + "/history");
      browser.awaitText("#told", "3 rounds");

      assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(360L);
      assertThat(browser.accessibilityFaults()).as(colors).isEmpty();
    }
  }
}
