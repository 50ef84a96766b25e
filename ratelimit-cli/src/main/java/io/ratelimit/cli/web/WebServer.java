package io.ratelimit.cli.web;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.util.JavalinBindException;
import io.ratelimit.core.internal.check.Printable;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server, running from its creation until it is closed. It serves what its parts add; every
 * answer forbids browsers to guess its type. Thread-safe.
 */
public final class WebServer implements AutoCloseable {

  /** The address at which only programs on this machine reach a server. */
  public static final String LOOPBACK = "127.0.0.1";

  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final int MOST_THREADS = 48;
  private static final int FEWEST_THREADS = 4;
  private static final int IDLE_THREAD_MILLIS = 60_000;
  private static final long MOST_BYTES_OF_A_REQUEST = 16_384;

  private final String host;
  private final Javalin javalin;

  private WebServer(String host, Javalin javalin) {
    this.host = host;
    this.javalin = javalin;
  }

  /**
   * Starts a server.
   *
   * @param host the name or address of the interface to listen on, such as {@link #LOOPBACK}
   * @param port 0 to 65535; 0 for any free port, see {@link #port()}
   * @param parts each adds its routes, and may listen for {@code serverStopping} to end endless
   *     answers
   * @throws IllegalArgumentException if the port is outside its range
   * @throws WebServerException if the port is taken, or the host does not belong to this machine
   */
  public static WebServer start(String host, int port, List<Consumer<JavalinConfig>> parts) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535 but is " + port);
    }
    requireKnown(host);
    Javalin javalin =
        Javalin.create(
            config -> {
              quietAndSmall(config);
              config.routes.before(context -> context.header("X-Content-Type-Options", "nosniff"));
              config.routes.exception(Exception.class, WebServer::failed);
              parts.forEach(part -> part.accept(config));
            });
    try {
      return new WebServer(host, javalin.start(host, port));
    } catch (JavalinBindException refused) {
      throw new WebServerException(
          "cannot listen at " + host + " port " + port + ": " + reason(refused), refused);
    }
  }

  /** Answers a failure that no part foresaw. */
  private static void failed(Exception failure, Context context) {
    LOG.error("{} {} failed", context.method(), Printable.text(context.path()), failure);
    context.status(HttpStatus.INTERNAL_SERVER_ERROR).result("This is a bug, please report it.");
  }

  private static void quietAndSmall(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.maxRequestSize = MOST_BYTES_OF_A_REQUEST;
    config.jetty.threadPool = threads();
    config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
  }

  private static QueuedThreadPool threads() {
    QueuedThreadPool threads =
        new QueuedThreadPool(MOST_THREADS, FEWEST_THREADS, IDLE_THREAD_MILLIS);
    threads.setName("web");
    threads.setDaemon(true);
    return threads;
  }

  private static void requireKnown(String host) {
    try {
      InetAddress known = InetAddress.getByName(host);
      assert known != null;
    } catch (UnknownHostException unknown) {
      throw new WebServerException("cannot listen at " + host + ": no such host", unknown);
    }
  }

  private static String reason(JavalinBindException refused) {
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("in use")
            ? "the port is taken; choose another, or 0 for a free one"
            : message;
      }
    }
    return String.valueOf(refused.getMessage());
  }

  /** Returns whether only programs on this machine reach a server that listens there. */
  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  /** Returns the port on which the server listens. */
  public int port() {
    return javalin.port();
  }

  /** Returns the server's URL for browsers on this machine, without a slash at the end. */
  public String url() {
    return "http://" + hostInUrl() + ":" + port();
  }

  private String hostInUrl() {
    try {
      InetAddress address = InetAddress.getByName(host);
      if (address.isAnyLocalAddress()) {
        return LOOPBACK;
      }
      return address instanceof Inet6Address && host.contains(":") ? "[" + host + "]" : host;
    } catch (UnknownHostException gone) {
      return host;
    }
  }

  /** Stops listening, and ends all answers in progress. Closing again has no effect. */
  @Override
  public void close() {
    javalin.stop();
  }
}
