package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.Monitor;
import io.ratelimit.cli.watch.MonitorView;
import io.ratelimit.core.queue.QueueException;

/** A dashboard that browsers can open. Thread-safe. */
public final class WebPage implements AutoCloseable {

  private final Dashboard dashboard;
  private final WebServer server;
  private final String url;

  WebPage(Dashboard dashboard, WebServer server, String url) {
    this.dashboard = dashboard;
    this.server = server;
    this.url = url;
  }

  /** Where it is, with the token if that was made up and nobody knows it yet. */
  public String url() {
    return url;
  }

  /** Shows how things are now. */
  public void show(Monitor monitor) {
    try {
      dashboard.show(monitor.look());
    } catch (QueueException away) {
      dashboard.away(away);
    }
  }

  public void show(MonitorView view) {
    dashboard.show(view);
  }

  public void away(QueueException away) {
    dashboard.away(away);
  }

  @Override
  public void close() {
    server.close();
  }
}
