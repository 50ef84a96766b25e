package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.cli.watch.Watch;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A dashboard that updates itself from a watch. */
public final class WatchedPage implements AutoCloseable {

  /** The time between two updates, in real time. */
  public static final Duration PAUSE = Duration.ofSeconds(1);

  private final WebPage page;
  private final Repeating telling;

  private WatchedPage(WebPage page, Watch watch, Duration pause) {
    this.page = page;
    // Apart from the readings: browsers must also learn that a queue does not answer.
    this.telling = Repeating.start("dashboard", pause, () -> page.show(watch));
  }

  /**
   * Opens a dashboard.
   *
   * @param more further parts of the server
   * @param others the queues beside the watched one that browsers may choose
   * @param watch what to show
   * @param pause the time between two updates
   */
  public static WatchedPage open(
      WebOptions options,
      List<Consumer<JavalinConfig>> more,
      KeptQueue queue,
      QueueSource others,
      Watch watch,
      Duration pause) {
    return new WatchedPage(options.open(watch.queueName(), queue, others, more), watch, pause);
  }

  /** Returns the address of the dashboard; see {@link WebPage#url()}. */
  public String url() {
    return page.url();
  }

  @Override
  public void close() {
    telling.close();
    page.close();
  }
}
