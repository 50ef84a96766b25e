package io.ratelimit.http.profile;

import static io.ratelimit.http.answer.Conditions.header;
import static io.ratelimit.http.answer.Conditions.json;
import static io.ratelimit.http.answer.Conditions.jsonBegins;
import static io.ratelimit.http.answer.Conditions.jsonHas;
import static io.ratelimit.http.answer.Conditions.status;
import static io.ratelimit.http.answer.Conditions.text;

import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.Verdict.Cause;
import io.ratelimit.http.quota.QuotaFields;
import io.ratelimit.http.quota.RemoteQuota;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Profiles of well-known APIs, each from its public documentation, which is linked. APIs change.
 * What a page did not say when this was written is marked as not verified, and the status alone
 * decides where that is safe.
 */
public final class KnownApis {

  /** The request weight that Binance's spot API allowed an address in a minute. */
  public static final int BINANCE_SPOT_WEIGHT = 6_000;

  private static final Pattern BANNED_UNTIL = Pattern.compile("banned until ([0-9]{13})(?![0-9])");
  private static final Pattern THROTTLED_UNTIL =
      Pattern.compile("EService: ?Throttled: ?([0-9]{10})(?![0-9])");
  private static final long MILLIS = 1_000;

  private static final SortedMap<String, Supplier<ApiProfile>> BY_NAME =
      new TreeMap<>(
          Map.of(
              "binance", KnownApis::binance,
              "bitfinex", KnownApis::bitfinex,
              "bybit", KnownApis::bybit,
              "coinbase", KnownApis::coinbase,
              "github", KnownApis::gitHub,
              "kraken", KnownApis::kraken,
              "kucoin", KnownApis::kuCoin,
              "okx", KnownApis::okx,
              "standard", ApiProfile::standard,
              "stripe", KnownApis::stripe));

  /** Returns the names that {@link #named} accepts, sorted. */
  public static Set<String> names() {
    return Collections.unmodifiableSet(BY_NAME.keySet());
  }

  /** Returns the profile with a lower-case name, like {@code kraken}. */
  public static Optional<ApiProfile> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name)).map(Supplier::get);
  }

  /**
   * Returns the profile of Binance's spot API with {@value #BINANCE_SPOT_WEIGHT} of weight in a
   * minute.
   *
   * @see #binance(int)
   */
  public static ApiProfile binance() {
    return binance(BINANCE_SPOT_WEIGHT);
  }

  /**
   * Returns the profile of Binance. 429 and code {@code -1003} are too fast, 418 and {@code IP
   * banned until} in the message are bans, {@code -1015} is too many orders of one account; {@code
   * -1008} and the codes after which the outcome is unknown ({@code -1006}, {@code -1007}) are
   * tried again, so send an idempotent client order id. {@code -1021}, a timestamp that is off, is
   * tried again too. {@code X-MBX-USED-WEIGHT-1M} is compared with the limit, in minutes of the
   * clock.
   *
   * <p>Not verified: the time in the message is in milliseconds since 1970, as logs that people
   * publish show; the page only has a placeholder. Order counts are not read, since their limits
   * are an account's own.
   *
   * @param weight the request weight that the API allows an address in a minute, as its {@code
   *     exchangeInfo} says: 1 or more
   * @see <a
   *     href="https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits">Limits</a>
   * @see <a href="https://developers.binance.com/docs/binance-spot-api-docs/errors">Error codes</a>
   * @throws IllegalArgumentException if the weight is not 1 or more
   */
  public static ApiProfile binance(int weight) {
    return ApiProfile.named("Binance")
        .pause(
            status(418).or(json("/code", "-1003").and(text("IP banned until"))),
            Cause.BANNED,
            answer -> until(BANNED_UNTIL, MILLIS, answer))
        .tooFast(json("/code", "-1003"))
        .pauseKey(json("/code", "-1015"), Cause.TOO_FAST, answer -> Optional.empty())
        .retry(json("/code", "-1001", "-1006", "-1007", "-1008", "-1021"))
        .notAdmitted(json("/code", "-1002", "-2014", "-2015"))
        .usage(QuotaFields.used("X-MBX-USED-WEIGHT-1M", weight, Duration.ofMinutes(1)))
        .build();
  }

  /**
   * Returns the profile of Kraken's spot API, which answers 200 whatever happens, with an array
   * {@code error}. {@code EAPI:Rate limit exceeded}, which is one API key's, {@code EOrder:Rate
   * limit exceeded} and {@code EGeneral:Too many requests} are too fast, {@code EService:Throttled}
   * until the time that it names; {@code EGeneral:Temporary lockout} is a ban, of 15 minutes;
   * {@code EService:} and an {@code EAPI:Invalid nonce} are tried again. An invalid key or
   * signature pauses everyone, since repeated ones lock the account out. Any other error fails the
   * event.
   *
   * <p>Not verified: how long a lockout is (the page says "typically a few minutes").
   *
   * @see <a href="https://docs.kraken.com/exchange/guides/general/errors">Errors</a>
   * @see <a href="https://docs.kraken.com/exchange/guides/rest/ratelimits">Rate limits</a>
   */
  public static ApiProfile kraken() {
    String error = "/error/0";
    return ApiProfile.named("Kraken")
        .pauseKey(
            jsonBegins(error, "EAPI:Rate limit exceeded"),
            Cause.TOO_FAST,
            answer -> Optional.empty())
        .tooFast(jsonBegins(error, "EOrder:Rate limit exceeded", "EGeneral:Too many requests"))
        .pause(
            jsonBegins(error, "EService:Throttled", "EService: Throttled"),
            Cause.TOO_FAST,
            answer -> until(THROTTLED_UNTIL, 1, answer))
        .banned(jsonBegins(error, "EGeneral:Temporary lockout"), Duration.ofMinutes(15))
        .notAdmitted(jsonBegins(error, "EAPI:Invalid key", "EAPI:Invalid signature"))
        .retry(jsonBegins(error, "EService:", "EAPI:Invalid nonce", "EGeneral:Internal error"))
        .fail(jsonBegins(error, "E"))
        .build();
  }

  /**
   * Returns the profile of Coinbase (Exchange, Advanced Trade, Prime and App), which answers 429
   * without a header that says for how long: everyone pauses for 30 s, as the page of Prime asks.
   *
   * <p>Not verified: whether any of them sends {@code Retry-After} or a quota; if so, it is
   * respected.
   *
   * @see <a href="https://docs.cdp.coinbase.com/exchange/rest-api/rate-limits">Exchange</a>
   * @see <a href="https://docs.cdp.coinbase.com/prime/rest-api/rate-limits">Prime</a>
   * @see <a
   *     href="https://docs.cdp.coinbase.com/coinbase-app/api-architecture/rate-limiting">App</a>
   */
  public static ApiProfile coinbase() {
    return ApiProfile.named("Coinbase")
        .tooFast(
            status(429).or(json("/errors/0/id", "rate_limit_exceeded")), Duration.ofSeconds(30))
        .build();
  }

  /**
   * Returns the profile of OKX, whose answers have a {@code code} beside the status. {@code 50011}
   * and, for a sub-account, {@code 50061} are too fast: everyone pauses for 2 s, the period of most
   * of its limits; {@code 50001}, {@code 50004}, {@code 50013} and {@code 50026} are tried again;
   * {@code 50102}, a timestamp that is off, is tried again too; {@code 50103} to {@code 50114} are
   * keys that are not accepted. Any other code than {@code 0} fails the event; with {@code 2}, a
   * batch that was done in part, too.
   *
   * <p>Not verified: the codes, but for {@code 50011} to {@code 50026} and {@code 50103} to {@code
   * 50113}, which pages of OKX for other products have; the rest is from copies of its table.
   *
   * @see <a href="https://www.okx.com/docs-v5/en/#overview-rate-limits">Rate limits</a>
   * @see <a href="https://www.okx.com/docs-v5/en/#error-code">Error codes</a>
   */
  public static ApiProfile okx() {
    return ApiProfile.named("OKX")
        .keyTooFast(json("/code", "50061"), Duration.ofSeconds(2))
        .tooFast(json("/code", "50011").or(status(429)), Duration.ofSeconds(2))
        .retry(json("/code", "50001", "50004", "50013", "50026", "50102"))
        .notAdmitted(
            json(
                "/code", "50103", "50104", "50105", "50106", "50107", "50111", "50112", "50113",
                "50114"))
        .done(json("/code", "0").and(status(200)))
        .fail(jsonHas("/code").and(status(200)))
        .build();
  }

  /**
   * Returns the profile of Bybit's API of version 5, whose answers have a {@code retCode}. {@code
   * 10006} is too fast, of one account, until {@code X-Bapi-Limit-Reset-Timestamp}; 403 is an
   * address that came too fast, and means 10 minutes, also for the answers {@code 10018}; {@code
   * 10000}, {@code 10016} and {@code 429} are tried again; {@code 10003}, {@code 10004} and {@code
   * 33004} are keys that are not accepted. Any other code than {@code 0} fails the event.
   *
   * <p>403 also stands for an address in a country that is not served, and for a GET with a body:
   * then the pause comes again and again, and grows.
   *
   * <p>Not verified: {@code 10003}, {@code 10004} and {@code 10018}.
   *
   * @see <a href="https://bybit-exchange.github.io/docs/v5/rate-limit">Rate limits</a>
   * @see <a href="https://bybit-exchange.github.io/docs/v5/error">Error codes</a>
   */
  public static ApiProfile bybit() {
    return ApiProfile.named("Bybit")
        .banned(status(403).or(json("/retCode", "10018")), Duration.ofMinutes(10))
        .keyTooFast(json("/retCode", "10006"), Duration.ofSeconds(1))
        .retry(json("/retCode", "10000", "10016", "429"))
        .notAdmitted(json("/retCode", "10003", "10004", "33004"))
        .done(json("/retCode", "0").and(status(200)))
        .fail(jsonHas("/retCode").and(status(200)))
        .build();
  }

  /**
   * Returns the profile of Bitfinex. 429 and {@code ERR_RATE_LIMIT} are too fast: everyone pauses
   * for 60 s, which is the longest block that the page names. An array that begins with {@code
   * "error"} fails its event, whatever the status is, but for the codes below.
   *
   * <p>Not verified: the codes {@code 11010} (too fast), {@code 10114} (a nonce that is too small),
   * {@code 10100} (a key that is not accepted) and {@code 20060} (maintenance), which clients that
   * people publish know, and no page.
   *
   * @see <a href="https://docs.bitfinex.com/docs/requirements-and-limitations">Requirements and
   *     limitations</a>
   */
  public static ApiProfile bitfinex() {
    Predicate<Answer> error = json("/0", "error");
    return ApiProfile.named("Bitfinex")
        .tooFast(
            status(429).or(json("/error", "ERR_RATE_LIMIT")).or(error.and(json("/1", "11010"))),
            Duration.ofSeconds(60))
        .retry(error.and(json("/1", "10114")))
        .unavailable(error.and(json("/1", "20060")))
        .notAdmitted(error.and(json("/1", "10100")))
        .fail(error.or(jsonHas("/error").and(status(200))))
        .build();
  }

  /**
   * Returns the profile of KuCoin. {@code 429000} is too fast, until {@code gw-ratelimit-reset};
   * Cloudflare's {@code 1015} blocks for 30 s. {@code 400002}, a timestamp that is off, is tried
   * again; {@code 400003} to {@code 400006} are keys that are not accepted. Any other code than
   * {@code 200000} fails the event.
   *
   * <p>Not verified: {@code 200002}, which one page calls a rate limit and another a pair that is
   * suspended; it fails the event. That the reset is in milliseconds is what clients that people
   * publish assume.
   *
   * @see <a href="https://www.kucoin.com/docs/basic-info/request-rate-limit/rest-api">Rate
   *     limits</a>
   * @see <a href="https://www.kucoin.com/docs-new/error-code/websocket">Error codes of the
   *     gateway</a>
   */
  public static ApiProfile kuCoin() {
    return ApiProfile.named("KuCoin")
        .tooFast(json("/code", "429000"))
        .tooFast(text("error code: 1015").or(json("/code", "1015")), Duration.ofSeconds(30))
        .retry(json("/code", "400002"))
        .notAdmitted(json("/code", "400003", "400004", "400005", "400006"))
        .done(json("/code", "200000").and(status(200)))
        .fail(jsonHas("/code").and(status(200)))
        .build();
  }

  /**
   * Returns the profile of GitHub. 403 and 429 are too fast with {@code Retry-After}, with {@code
   * x-ratelimit-remaining: 0}, or when the message speaks of a rate limit: then everyone pauses for
   * a minute at least, and longer each time. Any other 403 is a missing permission.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">Rate
   *     limits</a>
   */
  public static ApiProfile gitHub() {
    return ApiProfile.named("GitHub")
        .tooFast(status(429).or(status(403).and(text("rate limit"))), Duration.ofMinutes(1))
        .build();
  }

  /**
   * Returns the profile of Stripe. 429 with {@code Stripe-Rate-Limited-Reason} is too fast; without
   * that field and with code {@code lock_timeout} somebody else has the object, and this event
   * alone is tried again.
   *
   * <p>Not verified: whether Stripe ever sends {@code Retry-After}; if so, it is respected.
   *
   * @see <a href="https://docs.stripe.com/rate-limits">Rate limits</a>
   */
  public static ApiProfile stripe() {
    return ApiProfile.named("Stripe")
        .retry(
            status(429)
                .and(header("Stripe-Rate-Limited-Reason").negate())
                .and(json("/error/code", "lock_timeout")))
        .build();
  }

  /**
   * Returns the time until a moment that the body names, in units of 1 / {@code perSecond} seconds.
   */
  private static Optional<Duration> until(Pattern pattern, long perSecond, Answer answer) {
    Matcher matcher = pattern.matcher(answer.body().text());
    if (!matcher.find()) {
      return Optional.empty();
    }
    long millis = new BigInteger(matcher.group(1)).longValueExact() * (MILLIS / perSecond);
    Duration left = Duration.ofMillis(millis - answer.answeredAt().toEpochMilli());
    return Optional.of(bounded(left));
  }

  private static Duration bounded(Duration time) {
    if (time.isNegative()) {
      return Duration.ZERO;
    }
    return time.compareTo(RemoteQuota.LONGEST) > 0 ? RemoteQuota.LONGEST : time;
  }

  private KnownApis() {}
}
