package io.ratelimit.cli.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.cli.Needs;
import io.ratelimit.cli.server.OwnProcess;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** A Chromium without a window, as this machine has it: nothing is downloaded. */
final class Browser implements AutoCloseable {

  private static final String CHROMIUM = "chromium";
  private static final String DRIVER = "chromedriver";
  private static final Logger QUIET = Logger.getLogger("org.openqa.selenium.devtools");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  static {
    // It misses typed classes for this version of the browser's own protocol, which nobody uses
    // here.
    QUIET.setLevel(Level.SEVERE);
  }

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Where it is missing the test is skipped, but fails in CI. */
  static Browser startOrSkip() {
    Needs.onPath(CHROMIUM, DRIVER);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(OwnProcess.onPath(CHROMIUM).orElseThrow());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--force-color-profile=srgb");
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(OwnProcess.onPath(DRIVER).orElseThrow()))
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  void open(String url) {
    // Another page first: one that differs only behind the # would not be loaded anew.
    driver.get("about:blank");
    driver.get(url);
  }

  /** As it is on a desk by day, with nothing to complain about yet. */
  void onADesk() {
    screen(1280, 800, 1);
    colors("light");
    assertThat(complaints()).isNotNull();
  }

  /** As large as a screen is, in CSS pixels. */
  void screen(int width, int height, double scale) {
    cdp(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width", width, "height", height, "deviceScaleFactor", scale, "mobile", width < 600));
  }

  /** What its user likes: {@code light} or {@code dark}. */
  void colors(String scheme) {
    cdp(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  private void cdp(String command, Map<String, Object> parameters) {
    assertThat(driver.executeCdpCommand(command, parameters)).isNotNull();
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> findAll(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  void awaitText(String selector, String text) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(find(selector).getText()).contains(text));
  }

  void awaitTrue(String script) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(script("return " + script)).as(script).isEqualTo(true));
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** What axe-core finds wrong with the page, as a sentence for each. */
  @SuppressWarnings("unchecked")
  List<String> accessibilityFaults() {
    assertThat(script(axe() + "; return typeof axe.run")).isEqualTo("function");
    return (List<String>)
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run({ resultTypes: ["violations"] }).then(({ violations }) => done(violations.map(
                (each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`)));
            """);
  }

  private static String axe() {
    try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** What it complained of since it was last asked: errors of scripts, refused contents. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  byte[] picture() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
