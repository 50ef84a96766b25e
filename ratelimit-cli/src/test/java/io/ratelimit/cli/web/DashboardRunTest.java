package io.ratelimit.cli.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.cli.Cli;
import io.ratelimit.cli.CommandRun;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.PrintableWriter;
import io.ratelimit.cli.shell.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard of a whole system that really runs. */
class DashboardRunTest {

  private static final Path PICTURE = Path.of("../docs/images/dashboard.png");
  private static final String WRITE = "screenshot.write";
  private static final Pattern URL = Pattern.compile("Dashboard +(http://\\S+#token=\\S+)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final StringWriter out = new StringWriter();

  private CompletableFuture<Integer> start(String command) {
    PrintableWriter writer = new PrintableWriter(out);
    Terminal terminal =
        new Terminal(writer, writer, false, false, false, true, () -> CommandRun.WIDTH);
    return CompletableFuture.supplyAsync(
        () -> Cli.run(terminal, InputStream.nullInputStream(), Map.of(), command.split(" ")));
  }

  private String url() {
    await().atMost(PATIENCE).until(() -> URL.matcher(out.toString()).find());
    Matcher matcher = URL.matcher(out.toString());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  @Test
  void aRunIsSeenFromItsFirstEventToItsEnd() throws IOException {
    boolean picture = Boolean.getBoolean(WRITE);
    String size =
        picture
            ? "--speedup 6 --rounds 2 --failure-rate 20% --retries 1"
            : "--events 12 --deadline 2m --speedup 10 --failure-rate 0";

    try (Browser browser = Browser.startOrSkip()) {
      CompletableFuture<Integer> run = start("system --web 0 --web-token auto " + size);
      browser.screen(1280, 800, 1);
      browser.open(url());
      browser.awaitText("#headline", "Will make its deadline");
      browser.awaitText("#decisions", "worker");
      browser.awaitTrue("document.getElementById('done').textContent !== '0'");
      if (picture) {
        writePicture(browser);
      }
      // That many failures may miss the deadline of a picture's round.
      assertThat(run.join()).isLessThanOrEqualTo(picture ? ExitCode.MISSED : 0);
    }
  }

  /** In the middle of the second round. */
  private static void writePicture(Browser browser) throws IOException {
    String settled = "parseInt(document.getElementById('progress-text').textContent)";
    String total = "parseInt(document.getElementById('done').textContent)";
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                browser.script("return " + total + " > 140 && " + settled + " > 50").equals(true));
    Files.createDirectories(PICTURE.getParent());
    Files.write(PICTURE, browser.picture());
  }
}
