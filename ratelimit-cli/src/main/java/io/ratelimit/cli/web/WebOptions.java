package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.core.queue.EventQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and where a dashboard is to be seen, and who may do more than look. */
public final class WebOptions {

  /** The option that holds a secret. */
  public static final String TOKEN = "--web-token";

  private static final String MADE_UP = "auto";

  @Option(
      names = "--web",
      paramLabel = "PORT",
      converter = Converters.Port.class,
      description = "Serve a dashboard for browsers at this port; 0: at one that is free.")
  private @Nullable Integer port;

  @Option(
      names = "--web-host",
      paramLabel = "ADDRESS",
      defaultValue = WebServer.LOOPBACK,
      description =
          "The address that it listens at. Default: ${DEFAULT-VALUE}, for this machine only.")
  private String host = WebServer.LOOPBACK;

  @Option(
      names = "--web-allow-host",
      paramLabel = "NAME",
      split = ",",
      description =
          "The names by which browsers find it, besides localhost and addresses; behind a proxy,"
              + " the proxy's.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = TOKEN,
      paramLabel = "TOKEN",
      description =
          "What a browser must know to bring failed events back: the page is opened with"
              + " #token=TOKEN behind its address. At least 16 characters, better from"
              + " RATELIMIT_WEB_TOKEN than for all to see; auto: one is made up and shown. Without"
              + " it nobody can change anything.")
  private @Nullable String token;

  /** Whether there is to be a dashboard. */
  public boolean isGiven() {
    return port != null;
  }

  /** Whether the dashboard is to be at this address. */
  public boolean isAt(String otherHost, int otherPort) {
    return port != null && port == otherPort && port != 0 && host.equals(otherHost);
  }

  /**
   * Opens the dashboard of a queue.
   *
   * @param more what else is served there
   * @throws InputException if an option cannot be used, or none says at which port
   * @throws io.ratelimit.cli.web.WebServerException if it cannot listen there
   */
  public WebPage open(EventQueue queue, List<Consumer<JavalinConfig>> more) {
    if (port == null) {
      throw new InputException("--web must name a port");
    }
    Optional<WebToken> secret = secret();
    Dashboard dashboard =
        new Dashboard(
            queue.failedQueue(),
            BrowserGuard.allowing(Stream.concat(names.stream(), Stream.of(host))),
            secret);
    List<Consumer<JavalinConfig>> parts = new ArrayList<>(more);
    parts.add(dashboard);
    WebServer server = WebServer.start(host, port, parts);
    String fragment =
        MADE_UP.equals(token) ? secret.map(each -> "#token=" + each.secret()).orElse("") : "";
    return new WebPage(dashboard, server, server.url() + "/" + fragment);
  }

  private Optional<WebToken> secret() {
    if (token == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(token.equals(MADE_UP) ? WebToken.random() : WebToken.of(token));
    } catch (IllegalArgumentException refused) {
      throw new InputException(TOKEN + " " + refused.getMessage());
    }
  }
}
