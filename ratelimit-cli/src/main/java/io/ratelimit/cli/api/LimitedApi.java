package io.ratelimit.cli.api;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.Time;
import io.ratelimit.http.answer.Statuses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A local API that enforces a rate limit, for trying out a handler: an exact sliding window of
 * arrivals for each value of {@code Authorization}. It answers any request with 200, or with 429
 * and {@code Retry-After}; both with {@code RateLimit} and {@code RateLimit-Policy}. It listens
 * only on the loopback address. Thread-safe.
 */
public final class LimitedApi implements AutoCloseable {

  private static final String HEADER_SECONDS = "sun.net.httpserver.maxReqTime";
  static final int MOST_THREADS = 128;
  private static final int IDLE_SECONDS = 10;
  private static final int MOST_KEYS = 1_000;
  private static final int MOST_OF_A_BODY = 1024 * 1024;

  /**
   * What the API has seen.
   *
   * @param arrived the number of requests
   * @param done the number of answers 200
   * @param refused the number of answers 429
   * @param failed the number of answers 500
   * @param largestWindow the most requests of one key in one window
   */
  public record Counts(long arrived, long done, long refused, long failed, int largestWindow) {}

  static {
    // Java's own server reads this once; it bounds the time for the request's head.
    System.setProperty(HEADER_SECONDS, System.getProperty(HEADER_SECONDS, "10"));
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final ScheduledThreadPoolExecutor timeouts;
  private final Duration bodyTimeout;
  private final Time time;
  private final Duration latency;
  private final Faults faults;
  private final Map<String, SlidingWindow> windows = new ConcurrentHashMap<>();
  private final Tally tally = new Tally();
  private volatile RateLimit limit;

  private LimitedApi(HttpServer server, Builder builder) {
    this.server = server;
    this.threads = threads();
    this.timeouts = new ScheduledThreadPoolExecutor(1, LimitedApi::thread);
    timeouts.setRemoveOnCancelPolicy(true);
    this.limit = builder.limit;
    this.latency = builder.latency;
    this.faults = builder.faults;
    this.bodyTimeout = builder.bodyTimeout;
    this.time = builder.time;
  }

  private static ExecutorService threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            MOST_THREADS,
            MOST_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            LimitedApi::thread);
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "limited-api");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Prepares an API.
   *
   * @param limit only its permits and period count; the period must be whole seconds, the unit of
   *     the response fields
   * @throws IllegalArgumentException if the period is not whole seconds
   */
  public static Builder builder(RateLimit limit) {
    return new Builder(inWholeSeconds(limit));
  }

  /** Configures an API. Not thread-safe. */
  public static final class Builder {
    private final RateLimit limit;
    private int port;
    private Duration latency = Duration.ZERO;
    private Faults faults = new Faults(0, 0);
    private Time time = Time.system();
    private Duration bodyTimeout = Duration.ofSeconds(10);

    private Builder(RateLimit limit) {
      this.limit = limit;
    }

    /** Sets the port; 0, the default, means any free one. */
    @CanIgnoreReturnValue
    public Builder port(int newPort) {
      this.port = newPort;
      return this;
    }

    /** Sets the latency of answers other than 429; zero by default. */
    @CanIgnoreReturnValue
    public Builder latency(Duration newLatency) {
      this.latency = requireNonNull(newLatency, "latency");
      return this;
    }

    /**
     * Sets the share of requests that get the answer 500; none by default.
     *
     * @param rate their share, 0 to 1
     * @param seed determines which ones
     * @throws IllegalArgumentException if the share is not 0 to 1
     */
    @CanIgnoreReturnValue
    public Builder failRate(double rate, long seed) {
      this.faults = new Faults(rate, seed);
      return this;
    }

    /** Sets how long a request's body may take to arrive, in real time; 10 s by default. */
    @CanIgnoreReturnValue
    Builder bodyTimeout(Duration timeout) {
      this.bodyTimeout = requireNonNull(timeout, "bodyTimeout");
      return this;
    }

    /** Sets the time of its windows; real time by default. */
    @CanIgnoreReturnValue
    public Builder time(Time newTime) {
      this.time = requireNonNull(newTime, "time");
      return this;
    }

    /**
     * Starts the API.
     *
     * @throws IOException if it cannot listen on the port
     */
    public LimitedApi start() throws IOException {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      LimitedApi api = new LimitedApi(server, this);
      server.setExecutor(api.threads);
      server.createContext("/", api::answer);
      server.start();
      return api;
    }
  }

  private static RateLimit inWholeSeconds(RateLimit limit) {
    if (limit.period().toNanosPart() != 0) {
      throw new IllegalArgumentException(
          "the limit's period must be whole seconds, the only unit of"
              + " RateLimit-Policy, but the limit is "
              + limit);
    }
    return limit;
  }

  /** Returns its address. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /**
   * Changes the limit from now on. Earlier arrivals count.
   *
   * @throws IllegalArgumentException if the period is not whole seconds
   */
  public void changeLimit(RateLimit newLimit) {
    limit = inWholeSeconds(newLimit);
  }

  /** Returns the counts. */
  public Counts counts() {
    return tally.counts(windows.values().stream().mapToInt(SlidingWindow::most).max().orElse(0));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      RateLimit current = limit;
      SlidingWindow.Entry entry =
          window(exchange).arrive(current.permits(), current.period(), time);
      skipBody(exchange);
      tell(exchange, current, entry);
      if (!entry.letIn()) {
        tally.refused();
        send(exchange, Statuses.TOO_MANY_REQUESTS, "{\"error\":\"too many requests\"}");
        return;
      }
      boolean fails = faults.next();
      time.sleep(latency);
      if (fails) {
        tally.failed();
        send(exchange, 500, "{\"error\":\"made to fail\"}");
      } else {
        tally.done();
        send(exchange, 200, "{\"status\":\"done\"}");
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads and discards the body; closes the connection if it is too slow. */
  private void skipBody(HttpExchange exchange) throws IOException {
    Future<?> tooLate =
        timeouts.schedule(exchange::close, bodyTimeout.toMillis(), TimeUnit.MILLISECONDS);
    try {
      exchange.getRequestBody().readNBytes(MOST_OF_A_BODY);
    } finally {
      tooLate.cancel(false);
    }
  }

  private SlidingWindow window(HttpExchange exchange) {
    String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    boolean known = windows.size() < MOST_KEYS || windows.containsKey(key);
    return windows.computeIfAbsent(known ? key : "others", each -> new SlidingWindow());
  }

  private static void tell(HttpExchange exchange, RateLimit limit, SlidingWindow.Entry entry) {
    long seconds = secondsUp(entry.untilNext());
    var headers = exchange.getResponseHeaders();
    headers.set(
        "RateLimit-Policy",
        "\"default\";q=" + limit.permits() + ";w=" + limit.period().toSeconds());
    headers.set("RateLimit", "\"default\";r=" + entry.remaining() + ";t=" + seconds);
    if (!entry.letIn()) {
      headers.set("Retry-After", Long.toString(Math.max(1, seconds)));
    }
  }

  private static long secondsUp(Duration duration) {
    return duration.toNanosPart() == 0 ? duration.toSeconds() : duration.toSeconds() + 1;
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Stops answering. Closing again does nothing. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    timeouts.shutdownNow();
    try {
      threads.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
