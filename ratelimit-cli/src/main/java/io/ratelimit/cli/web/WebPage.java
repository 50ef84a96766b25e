package io.ratelimit.cli.web;

import io.ratelimit.cli.watch.Watch;

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

  /** Returns the URL of the page, with the token if it was generated and nobody knows it yet. */
  public String url() {
    return url;
  }

  /** Shows the current state. */
  public void show(Watch watch) {
    dashboard.show(watch);
  }

  @Override
  public void close() {
    server.close();
  }
}
