package io.ratelimit.http;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.handler.PauseEveryoneException;
import io.ratelimit.core.handler.PauseKeyException;
import io.ratelimit.core.handler.PermanentFailureException;
import io.ratelimit.core.handler.RetryAfterException;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.internal.check.Requirements;
import io.ratelimit.core.limit.LimitKey;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.Costs;
import io.ratelimit.core.time.Time;
import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.AnswerBody;
import io.ratelimit.http.answer.AnswerListener;
import io.ratelimit.http.answer.AttemptFailedException;
import io.ratelimit.http.answer.Verdict;
import io.ratelimit.http.answer.Verdict.Scope;
import io.ratelimit.http.internal.call.BaseUri;
import io.ratelimit.http.internal.call.Calls;
import io.ratelimit.http.internal.call.Endpoint;
import io.ratelimit.http.internal.call.Excerpt;
import io.ratelimit.http.internal.verdict.Gates;
import io.ratelimit.http.internal.verdict.Pauses;
import io.ratelimit.http.internal.verdict.Refusals;
import io.ratelimit.http.profile.ApiProfile;
import io.ratelimit.http.quota.UsageField;
import io.ratelimit.http.request.ApiRequest;
import io.ratelimit.http.request.ApiToken;
import io.ratelimit.http.request.RequestSigner;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Audits events over an HTTP API, one request for each attempt, and converts the answer to an
 * outcome of {@link AuditEventHandler}, as the {@linkplain Builder#profile profile} of the API
 * says; by default as {@link io.ratelimit.http.answer.AnswerClassifier#byStatus()} does.
 *
 * <p>After an answer that pauses everyone, one request at a time probes whether the API accepts
 * requests again; other attempts make no request in the meantime, and pause too. While the answers
 * stay the same, each pause is at least twice as long as the one before. For an answer that
 * concerns one {@linkplain Builder#key key} only, all of this applies to that key alone.
 *
 * <p>Redirects are never followed. At most 64 KiB of a body are read, and a reason quotes it only
 * shortened, escaped, and without the token. Each request carries the attempt's {@link
 * AttemptContext#idempotencyKey} as {@code Idempotency-Key}. Thread-safe; blocks until the answer
 * arrives or the time is up, and can be interrupted.
 */
public final class HttpAuditHandler implements AuditEventHandler {

  private final String base;
  private final Map<String, Endpoint> endpoints;
  private final Endpoint otherwise;
  private final boolean anyCharacter;
  private final @Nullable ApiToken token;
  private final String userAgent;
  private final Calls calls;
  private final ApiProfile profile;
  private final RequestSigner signer;
  private final Duration pauseWithoutHint;
  private final Refusals refusals = new Refusals();
  private final Gates gates = new Gates();
  private final Function<AuditEvent, Optional<LimitKey>> key;
  private final AnswerListener listener;
  private final Time time;

  private HttpAuditHandler(Builder builder) {
    this.base = builder.base;
    this.endpoints = Map.copyOf(builder.endpoints);
    this.otherwise = builder.otherwise;
    this.anyCharacter = builder.anyCharacter;
    this.token = builder.token;
    this.userAgent = builder.userAgent;
    this.calls = new Calls(builder.connectTimeout, builder.requestTimeout);
    this.profile = builder.profile;
    this.signer = builder.signer;
    this.pauseWithoutHint = builder.pauseWithoutHint;
    this.key = builder.key;
    this.listener = builder.listener;
    this.time = builder.time;
  }

  /**
   * Prepares a handler.
   *
   * @param base the API's address: {@code http} or {@code https}, without user, query or fragment
   * @throws IllegalArgumentException if the URI has another form
   */
  public static Builder builder(URI base) {
    return new Builder(BaseUri.checked(base));
  }

  /**
   * Handles an event outside of an attempt: its id alone is the {@code Idempotency-Key}, so an API
   * takes an event that is published again under the same id for the one before.
   */
  @Override
  public void handle(AuditEvent event) throws Exception {
    handle(event, event.id(), usage -> {});
  }

  /** Handles an event, and tells the queue what the API says of its limits. */
  @Override
  public void handle(AuditEvent event, AttemptContext context) throws Exception {
    handle(event, context.idempotencyKey(), context::used);
  }

  private void handle(AuditEvent event, String idempotencyKey, Consumer<Costs.Usage> used)
      throws Exception {
    Endpoint endpoint = endpoints.getOrDefault(event.type().name(), otherwise);
    String path = endpoint.pathFor(event, anyCharacter);
    String call = endpoint.method() + " " + path;
    Instant sentAt = time.now();
    Gates.Entry entry = gates.enter(key.apply(event), sentAt);
    if (entry.stayAway().isPresent()) {
      throw paused(
          entry,
          entry.closed().orElseThrow(),
          entry.stayAway().get(),
          call + " was not made: the API wants a pause, or another request is probing it");
    }
    Verdict verdict = new Verdict.Retry(Optional.empty(), "");
    try {
      HttpResponse<byte[]> response =
          calls.make(request(endpoint.method(), path, event, idempotencyKey), call);
      tellUsages(response.headers(), used);
      Answer answer = answer(response, sentAt);
      verdict = refusals.weigh(profile.classify(answer), sentAt, answer.answeredAt());
      verdict = throughTheGate(verdict, entry, answer.answeredAt());
      // Requests that entered before this pause began were sent before the reported time.
      listener.answered(toldAt(time.now(), answer), verdict);
      obey(verdict, entry, told(response, call));
    } finally {
      if (verdict instanceof Verdict.Retry) {
        gates.leave(entry);
      }
    }
  }

  private void tellUsages(HttpHeaders headers, Consumer<Costs.Usage> used) {
    for (UsageField field : profile.usageFields()) {
      field
          .read(headers)
          .ifPresent(
              number ->
                  used.accept(
                      new Costs.Usage(
                          field.limit(),
                          field.period(),
                          (int) Math.min(number, RateLimit.MAX_PERMITS))));
    }
  }

  private Answer answer(HttpResponse<byte[]> response, Instant sentAt) {
    Instant answeredAt = time.now();
    return new Answer(
        response.statusCode(),
        response.headers(),
        AnswerBody.of(response.body()),
        profile.quota(response.headers(), answeredAt),
        sentAt,
        answeredAt);
  }

  private static Answer toldAt(Instant now, Answer answer) {
    return new Answer(
        answer.status(), answer.headers(), answer.body(), answer.quota(), answer.sentAt(), now);
  }

  /**
   * Returns the verdict, with the actual length if it is a pause; any other verdict except a retry
   * ends the pause.
   */
  private Verdict throughTheGate(Verdict verdict, Gates.Entry entry, Instant now) {
    if (verdict instanceof Verdict.Pause pause) {
      Scope scope = entry.key().isPresent() ? pause.scope() : Scope.EVERYONE;
      Duration grown = gates.pause(entry, scope, now, Pauses.wanted(pause, pauseWithoutHint));
      return new Verdict.Pause(scope, pause.cause(), Optional.of(grown), pause.why());
    }
    if (!(verdict instanceof Verdict.Retry)) {
      gates.open(entry);
    }
    return verdict;
  }

  /** Returns normally if the event is done; otherwise throws. */
  private static void obey(Verdict verdict, Gates.Entry entry, String told)
      throws AttemptFailedException {
    if (verdict instanceof Verdict.Pause pause) {
      throw paused(entry, pause.scope(), pause.duration().orElseThrow(), with(told, pause.why()));
    }
    if (verdict instanceof Verdict.Retry retry) {
      AttemptFailedException failure = new AttemptFailedException(with(told, retry.why()));
      if (retry.after().isPresent()) {
        throw new RetryAfterException(
            retry.after().get(), String.valueOf(failure.getMessage()), failure);
      }
      throw failure;
    }
    if (verdict instanceof Verdict.Fail fail) {
      throw new PermanentFailureException(with(told, fail.why()));
    }
    if (verdict instanceof Verdict.Refuse refuse) {
      throw new IllegalStateException("a refusal that was not weighed: " + refuse);
    }
  }

  private static RuntimeException paused(
      Gates.Entry entry, Scope scope, Duration pause, String message) {
    return switch (scope) {
      case EVERYONE -> new PauseEveryoneException(pause, message);
      case KEY -> new PauseKeyException(entry.key().orElseThrow(), pause, message);
    };
  }

  private static String with(String told, String why) {
    return why.isEmpty() ? told : told + "; " + why;
  }

  private HttpRequest request(String method, String path, AuditEvent event, String idempotencyKey) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", userAgent);
    headers.put("Idempotency-Key", '"' + Endpoint.encoded(idempotencyKey) + '"');
    if (!event.payload().isEmpty()) {
      headers.put("Content-Type", "application/json");
    }
    byte[] body = event.payload().isEmpty() ? new byte[0] : event.payload().bytes();
    ApiRequest unsigned = ApiRequest.of(method, URI.create(base + path), headers, body);
    ApiRequest signed = signer.sign(unsigned);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(signed.uri())
            .method(
                method,
                signed.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(signed.body()));
    signed.headers().forEach(request::setHeader);
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

  /** Configures a handler. Not thread-safe. */
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
    private ApiProfile profile = ApiProfile.standard();
    private RequestSigner signer = request -> request;
    private Function<AuditEvent, Optional<LimitKey>> key = event -> Optional.empty();
    private AnswerListener listener = (answer, verdict) -> {};
    private Time time = Time.system();

    private Builder(String base) {
      this.base = base;
    }

    /**
     * Sets the endpoint for events of one type, identified by its name.
     *
     * @param call like {@code POST /wallets/{wallet}/rebalance}; {@code {wallet}}, {@code {type}}
     *     and {@code {id}} are replaced by the event's values, encoded
     * @throws IllegalArgumentException if it has another form
     */
    @CanIgnoreReturnValue
    public Builder endpoint(EventType type, String call) {
      endpoints.put(type.name(), Endpoint.parse(call));
      return this;
    }

    /**
     * Sets the endpoint for events of all other types; {@code POST /wallets/{wallet}/{type}} by
     * default. Avoid GET: if a kept-alive connection turns out to be closed, Java's client sends a
     * GET twice, on one permit.
     *
     * @throws IllegalArgumentException if it has another form
     */
    @CanIgnoreReturnValue
    public Builder otherwise(String call) {
      this.otherwise = Endpoint.parse(call);
      return this;
    }

    /** Sets the API token; none by default. */
    @CanIgnoreReturnValue
    public Builder token(ApiToken newToken) {
      this.token = requireNonNull(newToken, "token");
      return this;
    }

    /**
     * Allows sending the token over plain {@code http} to another machine, where it can be read on
     * the way. By default {@link #build()} refuses that.
     */
    @CanIgnoreReturnValue
    public Builder tokenOverPlainHttp() {
      this.tokenOverPlainHttp = true;
      return this;
    }

    /**
     * Allows {@code /}, {@code \} and {@code ..} in ids and types that are part of a path, for an
     * API that is known not to interpret them when encoded. By default such an event fails for
     * good, because its publisher could reach another path of the API.
     */
    @CanIgnoreReturnValue
    public Builder anyCharacter() {
      this.anyCharacter = true;
      return this;
    }

    /** Sets the user agent; {@code ratelimit} by default. */
    @CanIgnoreReturnValue
    public Builder userAgent(String newUserAgent) {
      this.userAgent = requireNonNull(newUserAgent, "userAgent");
      return this;
    }

    /**
     * Sets how long connecting may take; 5 s by default.
     *
     * @throws IllegalArgumentException if it is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = Requirements.positive("connect timeout", timeout);
      return this;
    }

    /**
     * Sets how long a whole request may take, including the last byte of the answer; 30 s by
     * default. The engine's handler timeout should be longer.
     *
     * @throws IllegalArgumentException if it is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder requestTimeout(Duration timeout) {
      this.requestTimeout = Requirements.positive("request timeout", timeout);
      return this;
    }

    /** Sets the profile of the API; standard HTTP by default. See {@code KnownApis}. */
    @CanIgnoreReturnValue
    public Builder profile(ApiProfile newProfile) {
      this.profile = requireNonNull(newProfile, "profile");
      return this;
    }

    /**
     * Sets what pauses when an answer concerns only one account or API key: a key of a named limit
     * of the queue. Without it, everyone pauses.
     *
     * @param limit the name of the limit, as in the queue's {@code Limits}
     * @param newKey returns the key of an event in that limit, ideally with the limit's own
     *     function; if it returns null, everyone pauses
     * @throws IllegalArgumentException if no limit can have this name
     */
    @CanIgnoreReturnValue
    public Builder key(String limit, Function<AuditEvent, @Nullable String> newKey) {
      requireNonNull(newKey, "key");
      LimitKey shared = new LimitKey(limit, "");
      this.key =
          event ->
              Optional.ofNullable(newKey.apply(event))
                  .map(own -> new LimitKey(shared.limit(), own));
      return this;
    }

    /**
     * Signs each request, as the last step and once for each attempt. Requests are not signed by
     * default. A {@linkplain #token token} is added afterward and is not signed.
     */
    @CanIgnoreReturnValue
    public Builder signer(RequestSigner newSigner) {
      this.signer = requireNonNull(newSigner, "signer");
      return this;
    }

    /**
     * Sets how long everyone pauses after an answer that does not say how long, like a bare 429; 30
     * s by default. If the next request gets such an answer again, the pause is twice as long, and
     * so on up to an hour.
     *
     * @throws IllegalArgumentException if it is not more than zero
     */
    @CanIgnoreReturnValue
    public Builder pauseWithoutHint(Duration pause) {
      this.pauseWithoutHint = Requirements.positive("pause without hint", pause);
      return this;
    }

    /**
     * Adds a listener to every answer before its event is settled, for example {@code
     * QuotaFeedback}. It must not throw.
     */
    @CanIgnoreReturnValue
    public Builder onAnswer(AnswerListener newListener) {
      this.listener = requireNonNull(newListener, "listener");
      return this;
    }

    /** Sets the time for the timestamps of answers, ideally the queue's; real time by default. */
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
                + " unencrypted: use https, or allow it with tokenOverPlainHttp()");
      }
      return new HttpAuditHandler(this);
    }
  }
}
