package io.ratelimit.examples;

import static io.ratelimit.http.answer.Conditions.json;
import static io.ratelimit.http.answer.Conditions.jsonHas;

import io.ratelimit.core.time.Time;
import io.ratelimit.http.HttpAuditHandler;
import io.ratelimit.http.profile.ApiProfile;
import io.ratelimit.http.profile.KnownApis;
import io.ratelimit.http.quota.QuotaFields;
import io.ratelimit.http.request.ApiClock;
import io.ratelimit.http.request.ApiRequest;
import io.ratelimit.http.request.Hmac;
import io.ratelimit.http.request.RequestSigner;
import java.net.URI;
import java.time.Duration;

/**
 * Requests that are signed as <a
 * href="https://developers.binance.com/docs/binance-spot-api-docs/rest-api/request-security">
 * Binance</a> wants it: a timestamp, and HMAC-SHA-256 over query and body. Others differ in what
 * they sign and where they want it: the same three classes do for them.
 */
public final class SignedAudits {

  static HttpAuditHandler handler(URI api, String apiKey, String secret, Time time) {
    // docs/http.md
    Hmac hmac = Hmac.sha256(secret);
    ApiClock clock = ApiClock.of(time);
    RequestSigner signer =
        request -> {
          ApiRequest timed = request.withQuery("timestamp", Long.toString(clock.nonce()));
          return timed
              .withQuery("signature", hmac.hex(timed.query() + timed.bodyText()))
              .withHeader("X-MBX-APIKEY", apiKey);
        };
    HttpAuditHandler handler =
        HttpAuditHandler.builder(api)
            .profile(KnownApis.binance())
            .signer(signer)
            .onAnswer(clock)
            .time(time)
            .otherwise("POST /account?wallet={wallet}")
            .build();
    // docs/http.md
    return handler;
  }

  /** Returns the profile of an API of your own. */
  static ApiProfile acme() {
    // docs/http.md
    ApiProfile acme =
        ApiProfile.named("Acme")
            .tooFast(json("/error/code", "RATE_LIMIT"))
            .banned(json("/error/code", "BANNED"), Duration.ofMinutes(10))
            .retry(json("/error/code", "BUSY", "TIMEOUT"))
            .fail(jsonHas("/error/code"))
            .usage(QuotaFields.of("X-Acme-Left", "X-Acme-Reset"))
            .build();
    // docs/http.md
    return acme;
  }

  /** Returns a handler for an API that counts per account, as the queue's limit "account" does. */
  static HttpAuditHandler ofAccounts(URI api) {
    // docs/http.md
    HttpAuditHandler handler =
        HttpAuditHandler.builder(api)
            .profile(KnownApis.kraken())
            .key("account", event -> event.attribute("account").orElse(null))
            .otherwise("POST /audit?wallet={wallet}")
            .build();
    // docs/http.md
    return handler;
  }

  private SignedAudits() {}
}
