package io.ratelimit.examples.cli;

import io.ratelimit.core.queue.QueueException;
import io.ratelimit.examples.web.WebServer;

/** A dashboard that browsers can open. Thread-safe. */
final class WebPage implements AutoCloseable {

  private final Dashboard dashboard;
  private final WebServer server;
  private final String url;

  WebPage(Dashboard dashboard, WebServer server, String url) {
    this.dashboard = dashboard;
    this.server = server;
    this.url = url;
  }

  /** Where it is, with the token if that was made up and nobody knows it yet. */
  String url() {
    return url;
  }

  /** Shows how things are now. */
  void show(Monitor monitor) {
    try {
      dashboard.show(monitor.look());
    } catch (QueueException away) {
      dashboard.away(away);
    }
  }

  void show(MonitorView view) {
    dashboard.show(view);
  }

  void away(QueueException away) {
    dashboard.away(away);
  }

  @Override
  public void close() {
    server.close();
  }
}
