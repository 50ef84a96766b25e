package io.ratelimit.cli.web;

import io.javalin.config.JavalinConfig;
import io.ratelimit.cli.option.Converters;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.cli.watch.KeptQueue;
import io.ratelimit.cli.watch.QueueSource;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.time.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Options that say whether and where to open a dashboard, and who may do more than look. */
public final class WebOptions {

  /** The option that holds a secret. */
  public static final String TOKEN = "--web-token";

  private static final String TOKEN_FILE = "--web-token-file";
  private static final Logger LOG = LoggerFactory.getLogger(WebOptions.class);
  private static final String MADE_UP = "auto";

  @Option(
      names = "--web",
      paramLabel = "PORT",
      converter = Converters.Port.class,
      description = "Serve a web dashboard on this port; 0 picks a free one.")
  private @Nullable Integer port;

  @Option(
      names = "--web-host",
      paramLabel = "ADDRESS",
      defaultValue = WebServer.LOOPBACK,
      description = "The address to listen on. Default: ${DEFAULT-VALUE}, for this machine only.")
  private String host = WebServer.LOOPBACK;

  @Option(
      names = "--web-allow-host",
      paramLabel = "NAME",
      split = ",",
      description =
          "The host names that browsers may use, in addition to localhost and"
              + " addresses; behind a proxy, the proxy's name.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = TOKEN,
      paramLabel = "TOKEN",
      description =
          "The token that a browser needs to pause, change or stop anything, and to"
              + " work on failed events: append #token=TOKEN to the page's address. At least"
              + " 16 characters. Prefer RATELIMIT_WEB_TOKEN or a file, because other users"
              + " can see options; auto generates a token and prints it. Without a token,"
              + " nobody can change anything.")
  private @Nullable String token;

  @Option(
      names = TOKEN_FILE,
      paramLabel = "FILE",
      description =
          "Read the token from the first line of a file, which, unlike an option, can"
              + " be hidden from other users of this machine.")
  private @Nullable Path tokenFile;

  /** Returns whether to open a dashboard. */
  public boolean isGiven() {
    return port != null;
  }

  /** Returns whether the dashboard is to have this address. */
  public boolean isAt(String otherHost, int otherPort) {
    return port != null && port == otherPort && port != 0 && host.equals(otherHost);
  }

  /**
   * Opens the dashboard of a queue.
   *
   * @param queueName the name of the queue
   * @param others the queues beside it that browsers may choose
   * @param more further parts of the server
   * @throws InputException if an option cannot be used, or none gives the port
   * @throws io.ratelimit.cli.web.WebServerException if the server cannot listen there
   */
  public WebPage open(
      String queueName, KeptQueue queue, QueueSource others, List<Consumer<JavalinConfig>> more) {
    if (port == null) {
      throw new InputException("--web must name a port");
    }
    Optional<WebToken> secret = secret();
    Dashboard dashboard =
        new Dashboard(queueName, queue, others, guard(host), secret, Time.system());
    List<Consumer<JavalinConfig>> parts = new ArrayList<>(more);
    parts.add(dashboard);
    WebServer server = WebServer.start(host, port, parts);
    warnOfTheNetwork(secret.isPresent());
    String fragment =
        MADE_UP.equals(token) ? secret.map(each -> "#token=" + each.secret()).orElse("") : "";
    return new WebPage(dashboard, server, server.url() + "/" + fragment);
  }

  private void warnOfTheNetwork(boolean changeable) {
    if (!WebServer.isLoopback(host)) {
      LOG.warn(
          "the dashboard at {} shows ids, wallets and reasons to anyone who can reach"
              + " that address{}: put a proxy with TLS and a login in front",
          Printable.text(host),
          changeable ? ", and its token is sent unencrypted" : "");
    }
  }

  /**
   * Returns a guard that keeps other people's pages from a server at an address.
   *
   * @param address the address, or its name
   */
  public BrowserGuard guard(String address) {
    return BrowserGuard.allowing(Stream.concat(names.stream(), Stream.of(address)));
  }

  private Optional<WebToken> secret() {
    if (token != null && tokenFile != null) {
      throw new InputException(TOKEN + " and " + TOKEN_FILE + " exclude each other");
    }
    if (tokenFile != null) {
      return Optional.of(checked(TOKEN_FILE, firstLine(tokenFile)));
    }
    if (token == null) {
      return Optional.empty();
    }
    return Optional.of(token.equals(MADE_UP) ? WebToken.random() : checked(TOKEN, token));
  }

  private static WebToken checked(String option, String text) {
    try {
      return WebToken.of(text);
    } catch (IllegalArgumentException refused) {
      throw new InputException(option + " " + refused.getMessage());
    }
  }

  private static String firstLine(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line = reader.readLine();
      return line == null ? "" : line.strip();
    } catch (IOException unreadable) {
      throw new InputException(
          TOKEN_FILE + " " + Texts.quoted(file.toString()) + " cannot be read");
    }
  }
}
