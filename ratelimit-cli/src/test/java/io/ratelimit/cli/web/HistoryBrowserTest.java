package io.ratelimit.cli.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.queue.ShownQueue;
import io.ratelimit.core.history.RoundRecord;
import io.ratelimit.testkit.history.SampleRound;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  private final ShownQueue shown = ShownQueue.named("q" + HOSTILE);

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
    shown.close();
  }

  /** A round that took so many seconds and left so many events. */
  private void ended(String id, int number, long seconds, long left, Optional<String> why) {
    Instant end = AT.plus(DEADLINE.multipliedBy(number));
    SampleRound round =
        SampleRound.ended(id, end)
            .of("", "engine")
            .took(Duration.ofSeconds(seconds))
            .counts(new RoundRecord.Counts(108, 0, 108 - left, 0, left, 0, 110, 2));
    why.ifPresent(round::missed);
    shown.rounds().append(round.build());
  }

  private void threeRounds() {
    ended("r1", 0, 154, 0, Optional.empty());
    ended("r2", 1, 190, 0, Optional.of("10.0 s late: the limit was used up"));
    ended("r3", 2, 180, 3, Optional.of("3 events left: " + HOSTILE));
  }

  @Test
  void aHistoryWithoutRoundsSaysSo() {
    browser.open(shown.url("/history"));

    browser.awaitText("#told", "No round is kept yet");
    assertThat(browser.findAll("#margins rect")).isEmpty();
    assertThat(browser.find("#rounds").isDisplayed()).isFalse();
  }

  @Test
  void eachRoundHasARowAndABar() {
    threeRounds();
    browser.open(shown.url("/history"));

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
  void theForecastIsBesideWhatCameAndAnotherQueueCanBeChosen() {
    threeRounds();
    shown.others().add("another", 0);
    browser.open(shown.url("/history"));

    browser.awaitText("#forecast-facts", "Next round\n108 events");
    browser.awaitText("#forecast-facts", "1 of 10 rounds were forecast");
    browser.awaitText("#rounds tbody tr:nth-child(1) td:nth-child(5)", "108");
    // It began before the first had ended.
    browser.awaitText("#rounds tbody tr:nth-child(2) td:nth-child(5)", "–");
    browser.awaitTrue("document.getElementById('queue').options.length === 2");
    assertThat(browser.script("document.getElementById('queue').value = 'another'; return true"))
        .isEqualTo(true);
    assertThat(
            browser.script(
                "document.getElementById('queue').dispatchEvent(new Event('change')); return true"))
        .isEqualTo(true);
    browser.awaitText("#queue-name", "another");
    browser.awaitText("#told", "No round is kept yet");
    browser.awaitText("#forecast-facts", "is not forecast");
    assertThat(browser.find("#to-dashboard").getDomProperty("href")).endsWith("?queue=another");
  }

  @Test
  void aPhoneScrollsOnlyUpAndDownAndEverybodyCanUseIt() {
    threeRounds();
    browser.screen(360, 740, 1);
    for (String colors : List.of("light", "dark")) {
      browser.colors(colors);
      browser.open(shown.url("/history"));
      browser.awaitText("#told", "3 rounds");

      assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(360L);
      assertThat(browser.accessibilityFaults()).as(colors).isEmpty();
    }
  }
}
