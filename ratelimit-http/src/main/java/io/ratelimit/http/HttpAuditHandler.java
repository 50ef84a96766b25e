package io.ratelimit.http;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.time.Time;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.internal.call.BaseUri;
import io.ratelimit.http.internal.call.Calls;
import io.ratelimit.http.internal.call.Endpoint;
import io.ratelimit.http.internal.call.Excerpt;
import io.ratelimit.http.internal.verdict.Verdicts;
import io.ratelimit.http.quota.RemoteQuota;
import io.ratelimit.http.request.ApiToken;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Audits events over an HTTP API, one request for each attempt, and turns the answer into the
 * outcome that {@link AuditEventHandler} asks for:
 *
 * <ul>
 *   <li>2xx: done.
 *   <li>429, 418, and 503 with {@code Retry-After}: a pause for everyone.
 *   <li>408, 425, other 5xx, no answer: another attempt.
 *   <li>401 and 407: a pause for everyone, since no event would fare better. 403 and redirects: so
 *       too when they come three in a row, else the event fails.
 *   <li>any other: the event fails for good.
 * </ul>
 *
 * <p>Redirects are never followed. Of a body no more than 64 KiB is read, and whatever of it comes
 * into a reason is short, escaped, and free of the token. Each request carries the event's id as
 * {@code Idempotency-Key}. Thread-safe; blocks until the answer is there or its time is up, and can
 * be interrupted.
 */
public final class HttpAuditHandler implements AuditEventHandler {

  private final String base;
  private final Map<String, Endpoint> endpoints;
  private final Endpoint otherwise;
  private final boolean anyCharacter;
  private final @Nullable ApiToken token;
  private final String userAgent;
  private final Calls calls;
  private final Verdicts verdicts;
  private final Consumer<Answer> listener;
  private final Time time;

  private HttpAuditHandler(Builder builder) {
    this.base = builder.base;
    this.endpoints = Map.copyOf(builder.endpoints);
    this.otherwise = builder.otherwise;
    this.anyCharacter = builder.anyCharacter;
    this.token = builder.token;
    this.userAgent = builder.userAgent;
    this.calls = new Calls(builder.connectTimeout, builder.requestTimeout);
    this.verdicts = new Verdicts(builder.pauseWithoutHint);
    this.listener = builder.listener;
    this.time = builder.time;
  }

  /**
   * Prepares a handler.
   *
   * @param base where the API is: {@code http} or {@code https}, without user, query or fragment
   * @throws IllegalArgumentException if the URI is another one
   */
  public static Builder builder(URI base) {
    return new Builder(BaseUri.checked(base));
  }

  @Override
  public void handle(AuditEvent event) throws Exception {
    Endpoint endpoint = endpoints.getOrDefault(event.type().name(), otherwise);
    String path = endpoint.pathFor(event, anyCharacter);
    String call = endpoint.method() + " " + path;
    Instant sentAt = time.now();
    HttpResponse<byte[]> response = calls.make(request(endpoint.method(), path, event), call);
    Instant answeredAt = time.now();
    Answer answer =
        new Answer(
            response.statusCode(),
            RemoteQuota.of(response.headers(), answeredAt),
            sentAt,
            answeredAt);
    listener.accept(answer);
    verdicts.on(answer, told(response, call)).tell();
  }

  private HttpRequest request(String method, String path, AuditEvent event) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .method(
                method,
                event.payload().isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(event.payload().bytes()))
            .setHeader("User-Agent", userAgent)
            .setHeader("Idempotency-Key", '"' + Endpoint.encoded(event.id()) + '"');
    if (!event.payload().isEmpty()) {
      request.setHeader("Content-Type", "application/json");
    }
    if (token != null) {
      token.addTo(request);
    }
    return request.build();
  }

  private String told(HttpResponse<byte[]> response, String call) {
    String excerpt =
        Excerpt.of(response.body(), Optional.ofNullable(token).map(secret -> secret::strikeOut));
    return call
        + " was answered "
        + response.statusCode()
        + (excerpt.isEmpty() ? "" : ": " + excerpt);
  }

  @Override
  public String toString() {
    return "audits over " + base + (token == null ? "" : ", " + token);
  }

  /** What can be chosen about a handler. Not thread-safe. */
  public static final class Builder {
    private final String base;
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    private Endpoint otherwise = Endpoint.parse("POST /wallets/{wallet}/{type}");
    private @Nullable ApiToken token;
    private boolean tokenOverPlainHttp;
    private boolean anyCharacter;
    private String userAgent = "ratelimit";
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration pauseWithoutHint = Duration.ofSeconds(30);
    private Consumer<Answer> listener = answer -> {};
    private Time time = Time.system();

    private Builder(String base) {
      this.base = base;
    }

    /**
     * What is called for events of one type, known by its name.
     *
     * @param call like {@code POST /wallets/{wallet}/rebalance}; {@code {wallet}}, {@code {type}}
     *     and {@code {id}} stand for the event's, encoded
     * @throws IllegalArgumentException if it has another form
     */
    @CanIgnoreReturnValue
    public Builder endpoint(EventType type, String call) {
      endpoints.put(type.name(), Endpoint.parse(call));
      return this;
    }

    /**
     * What is called for events of all other types; {@code POST /wallets/{wallet}/{type}} by
     * default. A GET is not the best choice: Java's client sends one twice, on one permit, when a
     * kept connection turns out to be closed.
     *
     * @throws IllegalArgumentException if it has another form
     */
    @CanIgnoreReturnValue
    public Builder otherwise(String call) {
      this.otherwise = Endpoint.parse(call);
      return this;
    }

    /** What the API knows us by; nothing by default. */
    @CanIgnoreReturnValue
    public Builder token(ApiToken newToken) {
      this.token = requireNonNull(newToken, "token");
      return this;
    }

    /**
     * Lets the token be sent over plain {@code http} to another machine, where everybody on the way
     * can read it. By default {@link #build()} refuses that.
     */
    @CanIgnoreReturnValue
    public Builder tokenOverPlainHttp() {
      this.tokenOverPlainHttp = true;
      return this;
    }

    /**
     * Lets ids and types that stand in a path hold {@code /}, {@code \} and {@code ..}, for an API
     * that is known to take them, encoded, for nothing else. By default such an event fails for
     * good, since whoever publishes it could reach another path of the API.
     */
    @CanIgnoreReturnValue
    public Builder anyCharacter() {
      this.anyCharacter = true;
      return this;
    }

    /** What we call ourselves; {@code ratelimit} by default. */
    @CanIgnoreReturnValue
    public Builder userAgent(String newUserAgent) {
      this.userAgent = requireNonNull(newUserAgent, "userAgent");
      return this;
    }

    /**
     * How long connecting may take; 5 s by default.
     *
     * @throws IllegalArgumentException if it is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = Requirements.positive("connect timeout", timeout);
      return this;
    }

    /**
     * How long all of a request may take, the answer's last byte included; 30 s by default. The
     * engine's handler timeout should be longer.
     *
     * @throws IllegalArgumentException if it is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder requestTimeout(Duration timeout) {
      this.requestTimeout = Requirements.positive("request timeout", timeout);
      return this;
    }

    /**
     * For how long everyone pauses after a 429 that says nothing about it; 30 s by default.
     *
     * @throws IllegalArgumentException if it is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder pauseWithoutHint(Duration pause) {
      this.pauseWithoutHint = Requirements.positive("pause without hint", pause);
      return this;
    }

    /**
     * Is told of every answer before its event is settled, for example {@code QuotaFeedback}. Must
     * not throw.
     */
    @CanIgnoreReturnValue
    public Builder onAnswer(Consumer<Answer> newListener) {
      this.listener = requireNonNull(newListener, "listener");
      return this;
    }

    /** The time in which answers are stamped; the queue's is best. Real time by default. */
    @CanIgnoreReturnValue
    public Builder time(Time newTime) {
      this.time = requireNonNull(newTime, "time");
      return this;
    }

    /**
     * Creates the handler.
     *
     * @throws IllegalArgumentException if it would send the token over plain {@code http} to
     *     another machine, and {@link #tokenOverPlainHttp()} does not allow it
     */
    public HttpAuditHandler build() {
      if (token != null && !tokenOverPlainHttp && !BaseUri.keepsSecrets(base)) {
        throw new IllegalArgumentException(
            "the token would go to "
                + Printable.quoted(base)
                + " for all to read: use https, or insist with tokenOverPlainHttp()");
      }
      return new HttpAuditHandler(this);
    }
  }
}
