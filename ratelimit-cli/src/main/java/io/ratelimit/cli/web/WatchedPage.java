package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.ratelimit.cli.shell.Repeating;
import io.ratelimit.cli.watch.ManagerWatch;
import io.ratelimit.cli.watch.Monitor;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.temporal.RateLimitClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A dashboard that looks at a queue and its manager by itself. */
public final class WatchedPage implements AutoCloseable {

  /** How often it looks, in real time. */
  public static final Duration PAUSE = Duration.ofSeconds(1);

  private final WebPage page;
  private final ManagerWatch manager;
  private final Repeating looking;

  private WatchedPage(WebPage page, ManagerWatch manager, Monitor monitor, Duration pause) {
    this.page = page;
    this.manager = manager;
    this.looking = Repeating.start("dashboard", pause, () -> page.show(monitor));
  }

  /**
   * Opens one.
   *
   * @param managerId which manager is to be watched now, if any
   * @param more what else is served there
   * @param pause how long it waits between looks
   */
  public static WatchedPage open(
      WebOptions options,
      List<Consumer<JavalinConfig>> more,
      String queueName,
      EventQueue queue,
      RateLimitClient client,
      Supplier<Optional<String>> managerId,
      Duration pause) {
    WebPage page = options.open(queue, more);
    ManagerWatch manager = new ManagerWatch(client, managerId, pause);
    Monitor monitor = new Monitor(queueName, queue, manager::id, manager::status);
    return new WatchedPage(page, manager, monitor, pause);
  }

  /** See {@link WebPage#url()}. */
  public String url() {
    return page.url();
  }

  @Override
  public void close() {
    looking.close();
    manager.close();
    page.close();
  }
}
