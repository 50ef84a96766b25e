package io.ratelimit.cli.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Serves the files of the dashboard, and restricts what a browser may do with them. */
public final class DashboardPage {

  private static final String SECURITY_POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self'",
          "connect-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types 'none'");

  /** A file with its path and content type. */
  private record File(String path, String name, String type) {
    byte[] content() {
      try (InputStream stream = DashboardPage.class.getResourceAsStream("dashboard/" + name)) {
        if (stream == null) {
          throw new IllegalStateException("dashboard/" + name + " is missing from the program");
        }
        return stream.readAllBytes();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private static final List<File> FILES =
      List.of(
          new File("/", "index.html", "text/html; charset=utf-8"),
          new File("/dashboard.css", "dashboard.css", "text/css; charset=utf-8"),
          new File("/dashboard.js", "dashboard.js", "text/javascript; charset=utf-8"),
          new File("/charts.js", "charts.js", "text/javascript; charset=utf-8"),
          new File("/controls.js", "controls.js", "text/javascript; charset=utf-8"),
          new File("/forecast.js", "forecast.js", "text/javascript; charset=utf-8"),
          new File("/queues.js", "queues.js", "text/javascript; charset=utf-8"),
          new File("/icon.svg", "icon.svg", "image/svg+xml"));

  private static final List<File> HISTORY =
      List.of(
          new File("/history", "history.html", "text/html; charset=utf-8"),
          new File("/history.css", "history.css", "text/css; charset=utf-8"),
          new File("/history.js", "history.js", "text/javascript; charset=utf-8"));

  /** Adds the files of the dashboard. */
  public static void addTo(RoutesConfig routes) {
    add(routes, FILES);
  }

  /** Adds the files of the page of the rounds. */
  static void addHistoryTo(RoutesConfig routes) {
    add(routes, HISTORY);
  }

  private static void add(RoutesConfig routes, List<File> files) {
    for (File file : files) {
      byte[] content = file.content();
      routes.get(file.path(), context -> context.contentType(file.type()).result(content));
    }
  }

  /** Tells the browser what it must not do with an answer. */
  public static void restrict(Context context) {
    context
        .header("Content-Security-Policy", SECURITY_POLICY)
        .header("X-Frame-Options", "DENY")
        .header("Referrer-Policy", "no-referrer")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Cache-Control", "no-store");
  }

  private DashboardPage() {}
}
