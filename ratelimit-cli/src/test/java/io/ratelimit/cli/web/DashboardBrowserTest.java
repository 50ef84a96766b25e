package io.ratelimit.cli.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.cli.queue.ShownQueue;
import io.ratelimit.cli.watch.Condition;
import io.ratelimit.cli.watch.Judgment;
import io.ratelimit.cli.watch.ManagerSeen;
import io.ratelimit.cli.watch.RoundRow;
import io.ratelimit.cli.watch.WorkerRow;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.queue.Lease;
import io.ratelimit.core.scaling.ScalingDecision;
import io.ratelimit.core.scaling.ScalingDecision.Constraint;
import io.ratelimit.core.scaling.ScalingDecision.Mode;
import io.ratelimit.core.scaling.ScalingDecision.Reason;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerStatus;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.Keys;

/** What a person sees of the dashboard, in a real browser. */
class DashboardBrowserTest {

  private static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

  /** What the browser says when the server ends while a page, of any manager, is read live. */
  private static final Pattern LIVE_ENDED =
      Pattern.compile("/api/(live|forecast)(\\?\\S+)? - Failed to load resource: net::ERR_");

  private static Browser browser;

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

  /** No script failed, and nothing was refused; that the server has ended does not matter. */
  @AfterEach
  void leaveThePageAsItCame() {
    assertThat(browser.complaints()).allMatch(LIVE_ENDED.asPredicate());
    browser.open("about:blank");
  }

  private static ManagerStatus manager(Duration projected, Constraint constraint) {
    ScalingDecision decision =
        new ScalingDecision(
            Instant.parse("2026-01-01T00:00:00Z"),
            4,
            RateLimit.of(50).perMinute(),
            Mode.NORMAL,
            constraint,
            Reason.LIMIT_IS_BOTTLENECK,
            6,
            4,
            projected,
            Duration.ofSeconds(100),
            1,
            Optional.empty());
    return new ManagerStatus(
        Optional.empty(),
        ManagerStatus.State.NORMAL,
        ManagerOptions.Mode.ROUND,
        Optional.of(decision.at()),
        Optional.empty(),
        Optional.empty(),
        new WorkerRange(1, 10),
        4,
        3,
        0,
        Optional.of(10),
        Optional.empty(),
        Optional.empty(),
        Optional.of(decision),
        List.of(decision),
        Optional.of(Duration.ofSeconds(5)),
        new ManagerStatus.Counts(5, 4, 1, 0, 0, 0),
        List.of(),
        0,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void theNumbersAreThereAndFollow() {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.publish("e1", "w");
      shown.publish("e2", "w");
      shown.show();
      browser.open(shown.url("/"));
      browser.awaitText("#pending", "2");
      browser.awaitText("#connection", "Live");
      browser.awaitText("#headline", "No manager is watched");
      browser.awaitText("#forecast-facts", "is not forecast: no round");
      // Without a manager, nobody knows how many there are.
      browser.awaitText("#chart-workers .legend", "active –");

      Lease lease = shown.take();
      shown.show();
      browser.awaitText("#pending", "1");
      browser.awaitText("#running", "1");
      browser.awaitText("#in-hand", "NEW_BALANCE_UPDATE");
      browser.awaitText("#in-hand .facts", "e1 · w");

      shown.finish(lease);
      shown.manager(manager(Duration.ofSeconds(88), Constraint.RATE));
      shown.show();
      browser.awaitText("#done", "1");
      browser.awaitText("#headline", "Will make its deadline: 12 s to spare");
      browser.awaitText("#detail", "The rate limit is the bottleneck");
      browser.awaitText("#decisions", "4 workers at 50/min: limit is the bottleneck");
      browser.awaitText("#progress-text", "5 of 6 settled");
      assertThat(browser.find("#chart-queue svg").getDomAttribute("aria-label"))
          .isEqualTo("Queue: waiting 1, delayed 0, running 0 now");
      assertThat(browser.findAll("#chart-queue .line")).hasSize(3);

      shown.manager(manager(Duration.ofSeconds(130), Constraint.WORKERS));
      shown.show();
      browser.awaitText("#headline", "Won’t make its deadline: 30 s short");
    }
  }

  @Test
  void aPageJustOpenedHasItsChartsFilled() {
    try (ShownQueue shown = ShownQueue.open()) {
      for (int i = 0; i < 40; i++) {
        shown.publish("e" + i, "w");
        shown.show();
      }
      browser.open(shown.url("/"));
      browser.awaitText("#pending", "40");

      Object path =
          browser.script("return document.querySelector('#chart-queue .line').getAttribute('d')");
      assertThat(String.valueOf(path).split("[LHV]")).hasSizeGreaterThan(30);
    }
  }

  @Test
  void aTokenPutIntoTheAddressOfAnOpenPageLeavesItToo() {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.fail("e1", "w", "no such wallet");
      shown.show();
      browser.open(shown.url("/"));
      browser.awaitText("#failed-events", "no such wallet");
      browser.awaitTrue("document.getElementById('redrive-all').hidden");

      browser.script("location.hash = 'token=a-token-for-tests'");
      browser.awaitTrue("location.hash === ''");
      browser.awaitTrue("!document.getElementById('redrive-all').hidden");
    }
  }

  @Test
  void anEventIsBroughtBackByWhoConfirmsIt() {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.fail("e1", "w", "no such wallet");
      shown.show();
      browser.open(shown.urlWithToken());
      browser.awaitText("#failed-events", "no such wallet");
      assertThat(browser.script("return location.hash")).as("the token").isEqualTo("");

      browser.find("#failed-events button").click();
      browser.awaitText("#confirmation", "e1 waits again");
      browser.find("#confirmation").sendKeys(Keys.ESCAPE);
      browser.awaitTrue("!document.getElementById('confirmation').open");
      assertThat(shown.queue().stats().failed()).isEqualTo(1);

      browser.find("#failed-events button").sendKeys(Keys.ENTER);
      browser.find("#confirm").click();
      browser.awaitTrue("!document.getElementById('confirmation').open");
      await().until(() -> shown.queue().stats().failed() == 0);
      shown.show();
      browser.awaitText("#failed-title", "No failed events");
      browser.awaitText("#pending", "1");
    }
  }

  @Test
  void allFailedEventsAreListedAndBroughtBack() {
    try (ShownQueue shown = ShownQueue.open()) {
      for (int i = 0; i < 25; i++) {
        shown.fail("e" + i, "w", "reason " + i);
      }
      shown.show();
      browser.open(shown.urlWithToken());
      browser.awaitText("#failed-title", "Failed events (25)");

      browser.find("#browse").click();
      browser.awaitTrue("document.querySelectorAll('#failed-events li').length === 20");
      browser.find("#next").click();
      browser.awaitText("#failed-events", "reason 24");
      assertThat(browser.findAll("#failed-events li")).hasSize(5);
      browser.find("#previous").click();
      browser.awaitTrue("document.querySelectorAll('#failed-events li').length === 20");

      browser.find("#redrive-all").click();
      browser.awaitText("#confirmation", "25 events wait again");
      browser.find("#confirm").click();
      await().until(() -> shown.queue().stats().failed() == 0);
      browser.awaitTrue("document.querySelectorAll('#failed-events li').length === 0");
    }
  }

  @Test
  void failedEventsAreCountedByReasonFoundShownAndDiscarded() {
    try (ShownQueue shown = ShownQueue.open()) {
      for (int i = 0; i < 5; i++) {
        shown.fail("e" + i, "w", i < 3 ? "took " + 5_000 * i + " ms" : "no such wallet");
      }
      shown.show();
      browser.open(shown.urlWithToken());
      browser.awaitText("#failed-title", "Failed events (5)");

      browser.find("#by-reason").click();
      browser.awaitText("#reasons", "took … ms");
      browser.awaitText("#found", "The reasons of 5 failed events");
      browser.find("#reasons button").click();
      browser.awaitText("#found", "3 events of the 5 looked at");
      browser.find("#failed-events .show-content").click();
      browser.awaitTrue("document.querySelector('#failed-events details').open");
      browser.awaitText("#failed-events .history", "attempt 1");

      browser.find("#discard-all").click();
      browser.awaitText("#confirmation", "do not come back");
      assertThat(shown.queue().stats().failed()).isEqualTo(5);
      browser.find("#confirm").click();
      await().until(() -> shown.queue().stats().failed() == 2);
      browser.awaitTrue("document.querySelectorAll('#failed-events li').length === 0");
    }
  }

  @Test
  void whoHasNoTokenOnlyLooks() {
    try (ShownQueue shown = ShownQueue.readOnly()) {
      shown.fail("e1", "w", "no such wallet");
      shown.show();
      browser.open(shown.url("/"));
      browser.awaitText("#failed-events", "no such wallet");

      browser.awaitText("#read-only", "Read-only");
      assertThat(browser.find("#failed-events button").isDisplayed()).isFalse();
      assertThat(browser.find("#redrive-all").isDisplayed()).isFalse();
    }
  }

  @Test
  void hostileTextsAreOnlyTexts() {
    try (ShownQueue shown = ShownQueue.named("q" + HOSTILE)) {
      shown.publish("running" + HOSTILE, "w");
      assertThat(shown.take()).isNotNull();
      for (int i = 0; i < 5; i++) {
        shown.fail(i + HOSTILE, HOSTILE, HOSTILE);
      }
      shown.fail("id" + HOSTILE, "wallet" + HOSTILE, "reason" + HOSTILE + "\u202e");
      shown.show();
      browser.open(shown.urlWithToken());

      browser.awaitText("#failed-events", "reason" + HOSTILE);
      browser.awaitText("#failed-events .id", "id" + HOSTILE);
      browser.awaitText("#failed-events .facts", "wallet" + HOSTILE);
      browser.awaitText("#queue-name", "q" + HOSTILE);
      browser.awaitText("#in-hand", "running" + HOSTILE);
      browser.find("#failed-events button").click();
      browser.awaitText("#confirmation-text", "id" + HOSTILE);
      browser.find("#cancel").click();
      browser.find("#browse").click();
      browser.awaitTrue("document.querySelectorAll('#failed-events li').length === 6");
      assertThat(browser.findAll("main img, dialog img")).isEmpty();
      assertThat(browser.script("return document.title")).isNotEqualTo("owned");
    }
  }

  @Test
  void scriptsThatSlippedInWouldNotRun() {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.show();
      browser.open(shown.url("/"));
      browser.awaitText("#connection", "Live");

      assertThatThrownBy(
              () ->
                  browser.script(
                      "document.createElement('img').setAttribute('onerror', 'alert(1)')"))
          .isInstanceOf(JavascriptException.class)
          .hasMessageContaining("TrustedScript");
      browser.script("document.body.append(document.createElement('iframe'))");
      browser.script("document.querySelector('iframe').src = 'data:text/html,owned'");

      await()
          .untilAsserted(
              () ->
                  assertThat(browser.complaints())
                      .anyMatch(complaint -> complaint.contains("Content Security Policy")));
    }
  }

  @Test
  void aLostServerIsSeenAndFoundAgain() {
    int port;
    try (ShownQueue shown = ShownQueue.open()) {
      port = shown.port();
      shown.publish("e1", "w");
      shown.show();
      browser.open(shown.url("/"));
      browser.awaitText("#pending", "1");
      shown.showHung(Duration.ofSeconds(25));
      browser.awaitText("#connection", "Stale, 25 s old");
      browser.awaitText("#headline", "The queue does not answer");
      shown.showAway("Redis is not there");
      browser.awaitText("#headline", "The queue cannot be read");
      browser.awaitText("#detail", "Redis is not there");
      browser.awaitText("#pending", "1");
    }
    browser.awaitText("#connection", "Disconnected");

    try (ShownQueue again = ShownQueue.at(port)) {
      again.show();
      browser.awaitText("#connection", "Live");
      browser.awaitText("#pending", "0");
    }
  }

  @Test
  void roundsAndWorkersAreThereAndAnotherManagerCanBeChosen() {
    try (ShownQueue shown = ShownQueue.open()) {
      Instant began = Instant.parse("2026-01-01T00:00:00Z");
      shown.manager(manager(Duration.ofSeconds(88), Constraint.RATE));
      shown.publish("e1", "w");
      ManagerSeen.Ended missed =
          new ManagerSeen.Ended("audit-0", "TERMINATED", began, Optional.empty(), Optional.empty());
      shown.managers().show(missed);
      shown
          .managers()
          .show(
              List.of(
                  new RoundRow(
                      "audit-0",
                      false,
                      Optional.of(Condition.State.TERMINATED),
                      Judgment.of(missed).verdict(),
                      began,
                      Optional.of(began.plusSeconds(180)),
                      Optional.of(462L),
                      Optional.of(3L))),
              List.of(
                  new WorkerRow(
                      HOSTILE,
                      Optional.of("4711@host"),
                      Optional.of(7),
                      Optional.empty(),
                      Optional.of("audits"),
                      began)));
      shown.show();
      browser.open(shown.url("/"));
      browser.awaitText("#rounds", "audit-0 Was terminated");
      browser.awaitText("#rounds", "3 min 462 3");
      browser.awaitText("#workers", HOSTILE);
      browser.awaitText("#workers", "4711@host");
      browser.awaitText("#state", "On time");

      choose("manager", "audit-0");
      // Who has just been chosen is told of with the next news.
      await()
          .untilAsserted(
              () -> {
                shown.show();
                assertThat(browser.find("#headline").getText()).isEqualTo("Was terminated");
              });
    }
  }

  /** Chooses in a list, as a person does. */
  private static void choose(String select, String value) {
    browser.script(
        "const s = document.getElementById(arguments[0]); s.value = arguments[1];"
            + " s.dispatchEvent(new Event('change'));",
        select,
        value);
  }

  /** Which queues there are is looked for once somebody listens. */
  private static void awaitChoice(ShownQueue shown) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              shown.show();
              return browser
                  .script("return !document.getElementById('queue-choice').hidden")
                  .equals(true);
            });
  }

  @Test
  void anotherQueueIsChosenAndWorkedOn() {
    try (ShownQueue shown = ShownQueue.open()) {
      InMemoryEventQueue orders = shown.others().add("orders", 2);
      shown.others().add("payments", 0);
      shown.publish("e1", "w");
      shown.publish("e2", "w");
      shown.show();
      browser.open(shown.urlWithToken());
      browser.awaitText("#pending", "2");
      awaitChoice(shown);

      choose("queue", "orders");
      browser.awaitText("#queue-name", "orders");
      browser.awaitText("#pending", "1");
      browser.awaitText("#failed-title", "Failed events (2)");
      browser.awaitText("#failed-events", "reason of orders");
      assertThat(browser.script("return location.search")).isEqualTo("?queue=orders");
      assertThat(browser.script("return document.title")).isEqualTo("1 waiting · orders");
      assertThat(browser.script("return document.getElementById('queue').value"))
          .isEqualTo("orders");

      browser.find("#pause").click();
      browser.find("#control-confirm").click();
      browser.awaitText("#headline", "Paused");
      assertThat(orders.stats().limit().pause()).isPresent();
      assertThat(shown.queue().stats().limit().pause()).isEmpty();
      browser.find("#redrive-all").click();
      browser.find("#confirm").click();
      browser.awaitText("#failed-title", "No failed events");
      assertThat(orders.stats().failed()).isZero();

      browser.script("history.back()");
      browser.awaitText("#queue-name", "audits");
      browser.awaitText("#pending", "2");
      assertThat(shown.others().connected()).containsOnly("orders");
    }
  }

  @Test
  void anAddressNamesAQueueWhateverItsNameIs() {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.others().add("orders", 0);
      shown.show();
      browser.open(shown.url("/?queue=orders"));
      browser.awaitText("#queue-name", "orders");
      browser.awaitText("#pending", "1");

      browser.open(shown.url("/?queue=" + URLEncoder.encode(HOSTILE + "\u202e", UTF_8)));
      browser.awaitText("#queue-name", HOSTILE);
      browser.awaitText("#headline", "The queue cannot be read");
      browser.awaitText("#detail", "there is no queue");
      browser.awaitTrue("document.getElementById('queue').options.length === 3");
      assertThat(browser.findAll("main img, header select img, h1 bdi img")).isEmpty();
      assertThat(browser.script("return document.title")).isNotEqualTo("owned");
    }
  }

  @Test
  void aChoiceOfLongNamesFitsAPhoneAndEverybodyCanUseIt() {
    String name = "q".repeat(100);
    try (ShownQueue shown = ShownQueue.named(name)) {
      shown.others().add("r".repeat(100), 0);
      shown.manager(manager(Duration.ofSeconds(88), Constraint.RATE));
      shown.show();
      browser.screen(360, 740, 1);
      browser.colors("dark");
      browser.open(shown.urlWithToken());
      awaitChoice(shown);

      assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(360L);
      assertThat(browser.accessibilityFaults()).isEmpty();
    }
  }

  @Test
  void aQueueIsPausedAfterAQuestion() {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.manager(manager(Duration.ofSeconds(88), Constraint.RATE));
      shown.publish("e1", "w");
      shown.show();
      browser.open(shown.url("/"));
      browser.awaitText("#headline", "Will make its deadline");
      assertThat(browser.find("#controls").isDisplayed()).as("without the token").isFalse();
      browser.open("about:blank");
      browser.open(shown.urlWithToken());
      browser.awaitText("#headline", "Will make its deadline");

      browser.find("#pause").click();
      browser.awaitText("#control-title", "Pause the queue?");
      browser.find("#control-cancel").click();
      assertThat(shown.queue().stats().limit().pause()).isEmpty();
      browser.find("#pause").click();
      browser.find("#control-confirm").click();
      browser.awaitText("#controls-told", "Nothing starts until it is resumed.");
      shown.show();
      browser.awaitText("#headline", "Paused");
      assertThat(browser.find("#resume").isDisplayed()).isTrue();

      browser.find("#change-limit").click();
      browser.find("#control-fields input").clear();
      browser.find("#control-fields input").sendKeys("many");
      browser.find("#control-confirm").click();
      browser.awaitText("#control-refusal", "many");
      assertThat(browser.complaints()).singleElement().asString().contains("400");
      browser.find("#control-fields input").clear();
      browser.find("#control-fields input").sendKeys("30/m");
      browser.find("#control-confirm").click();
      browser.awaitText("#controls-told", "The limit is 30/min.");
    }
  }

  @Test
  void aPhoneScrollsOnlyUpAndDown() {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.manager(manager(Duration.ofSeconds(88), Constraint.RATE));
      shown.fail("e".repeat(250), "w".repeat(250), "r".repeat(500));
      shown.publish("e2", "w");
      shown.show();
      browser.screen(360, 740, 1);
      browser.open(shown.urlWithToken());
      browser.awaitText("#failed-events", "rrr");

      assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(360L);
      assertThat(browser.script("return document.querySelector('#chart-queue svg').clientWidth"))
          .isEqualTo(
              browser.script("return document.querySelector('#chart-starts svg').clientWidth"));
    }
  }

  @Test
  void everybodyCanUseIt() {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.manager(manager(Duration.ofSeconds(130), Constraint.RATE));
      shown.fail("e1", "w", "no such wallet");
      shown.publish("e2", "w");
      shown.show();
      for (String colors : List.of("light", "dark")) {
        browser.colors(colors);
        browser.open(shown.urlWithToken());
        browser.awaitText("#failed-events", "no such wallet");
        assertThat(browser.accessibilityFaults()).as(colors).isEmpty();
      }
      browser.find("#failed-events button").click();
      browser.awaitTrue("document.activeElement.id === 'cancel'");
      assertThat(browser.accessibilityFaults()).as("dialog").isEmpty();
    }
  }
}
