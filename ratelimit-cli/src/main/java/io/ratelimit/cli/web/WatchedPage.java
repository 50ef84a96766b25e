package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.cli.watch.Watch;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A dashboard that shows by itself what is watched. */
public final class WatchedPage implements AutoCloseable {

  /** How often it is told, in real time. */
  public static final Duration PAUSE = Duration.ofSeconds(1);

  private final WebPage page;
  private final Repeating telling;

  private WatchedPage(WebPage page, Watch watch, Duration pause) {
    this.page = page;
    // Apart from the looks: what does not answer is told, too.
    this.telling = Repeating.start("dashboard", pause, () -> page.show(watch));
  }

  /**
   * Opens one.
   *
   * @param more what else is served there
   * @param others the queues beside it that browsers may choose
   * @param watch what is shown
   * @param pause how often browsers are told
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

  /** See {@link WebPage#url()}. */
  public String url() {
    return page.url();
  }

  @Override
  public void close() {
    telling.close();
    page.close();
  }
}
