package io.ratelimit.http.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.http.answer.Answer;
import io.ratelimit.http.answer.Answers;
import io.ratelimit.http.answer.Verdict;
import io.ratelimit.http.quota.RemoteQuota;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A ledger: answers as in an API's documentation, and their meaning. */
class KnownApisTest {

  /** Thirty seconds after {@link Answers#NOW}, and ten minutes. */
  private static final long NOW_SECONDS = Answers.NOW.getEpochSecond();

  private static String shown(Verdict verdict) {
    if (verdict instanceof Verdict.Pause pause) {
      return (pause.scope() == Verdict.Scope.KEY ? "KEY " : "")
          + pause.cause()
          + pause.duration().map(time -> " " + time).orElse("");
    }
    if (verdict instanceof Verdict.Retry retry) {
      return "RETRY" + retry.after().map(time -> " " + time).orElse("");
    }
    return verdict.getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT);
  }

  private static Verdict verdict(String api, int status, String body, String... lines) {
    ApiProfile profile = KnownApis.named(api).orElseThrow();
    return profile.classify(Answers.of(profile, status, body, lines));
  }

  @ParameterizedTest(name = "{0} {1} {2} {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          binance  | 200 | {"serverTime":1}                                        | -                | DONE
          binance  | 429 | {"code":-1003,"msg":"Too many requests queued."}        | Retry-After: 7   | TOO_FAST PT7S
          binance  | 418 | {"code":-1003,"msg":"Way too much request weight used; IP banned until 1767226230000. Please use WebSocket Streams for live updates to avoid bans."} | - | BANNED PT10M
          binance  | 418 | {"code":-1003,"msg":"IP banned until 99999999999999."}  | -                | BANNED
          binance  | 418 | {"code":-1003,"msg":"IP banned until 1767226230000."}   | Retry-After: 9   | BANNED PT9S
          binance  | 400 | {"code":-1003,"msg":"Way too much; IP banned until 1767226230000."} | -    | BANNED PT10M
          binance  | 400 | {"code":-1015,"msg":"Too many new orders."}             | -                | KEY TOO_FAST
          binance  | 400 | {"code":-1021,"msg":"Timestamp"}                        | -                | RETRY
          binance  | 503 | {"code":-1008,"msg":"Server is currently overloaded"}   | -                | RETRY
          binance  | 401 | {"code":-2014,"msg":"API-key format invalid."}          | -                | NOT_ADMITTED
          binance  | 400 | {"code":-1121,"msg":"Invalid symbol."}                  | -                | FAIL
          kraken   | 200 | {"error":[],"result":{}}                                | -                | DONE
          kraken   | 200 | {"error":["WGeneral:Deprecated"],"result":{}}           | -                | DONE
          kraken   | 200 | {"error":["EAPI:Rate limit exceeded"]}                  | -                | KEY TOO_FAST
          kraken   | 200 | {"error":["EOrder:Rate limit exceeded"]}                | -                | TOO_FAST
          kraken   | 200 | {"error":["EService: Throttled: 1767225660"]}           | -                | TOO_FAST PT30S
          kraken   | 200 | {"error":["EService:Throttled: 1"]}                     | -                | TOO_FAST
          kraken   | 200 | {"error":["EGeneral:Temporary lockout"]}                | -                | BANNED PT15M
          kraken   | 200 | {"error":["EService:Unavailable"]}                      | -                | RETRY
          kraken   | 200 | {"error":["EAPI:Invalid nonce"]}                        | -                | RETRY
          kraken   | 200 | {"error":["EAPI:Invalid key"]}                          | -                | NOT_ADMITTED
          kraken   | 200 | {"error":["EQuery:Unknown asset pair"]}                 | -                | FAIL
          kraken   | 520 | <html>                                                  | -                | RETRY
          coinbase | 429 | {"message":"Public rate limit exceeded"}                | -                | TOO_FAST PT30S
          coinbase | 429 | {"errors":[{"id":"rate_limit_exceeded"}]}               | Retry-After: 4.2 | TOO_FAST PT4.2S
          coinbase | 200 | {"id":"1"}                                              | -                | DONE
          okx      | 200 | {"code":"0","data":[],"msg":""}                         | -                | DONE
          okx      | 429 | {"code":"50011","msg":"Rate limit reached."}            | -                | TOO_FAST PT2S
          okx      | 200 | {"code":"50061","msg":"Sub-account rate limit"}         | -                | KEY TOO_FAST PT2S
          okx      | 200 | {"code":"50013","msg":"System is busy"}                 | -                | RETRY
          okx      | 401 | {"code":"50113","msg":"Invalid signature"}              | -                | NOT_ADMITTED
          okx      | 200 | {"code":"51000","msg":"Parameter error"}                | -                | FAIL
          okx      | 200 | {"data":[{"code":"50011"}],"code":"0"}                  | -                | DONE
          bybit    | 200 | {"retCode":0,"retMsg":"OK"}                             | -                | DONE
          bybit    | 200 | {"retCode":10006,"retMsg":"Too many visits!"}           | X-Bapi-Limit-Status: 0 / X-Bapi-Limit-Reset-Timestamp: 1767225632000 | KEY TOO_FAST PT2S
          bybit    | 200 | {"retCode":10006,"retMsg":"Too many visits!"}           | -                | KEY TOO_FAST PT1S
          bybit    | 403 | 403, access too frequent                                | -                | BANNED PT10M
          bybit    | 200 | {"retCode":10016}                                       | -                | RETRY
          bybit    | 200 | {"retCode":10004}                                       | -                | NOT_ADMITTED
          bybit    | 200 | {"retCode":10001,"retMsg":"Request parameter error"}    | -                | FAIL
          bitfinex | 200 | [1,"x"]                                                 | -                | DONE
          bitfinex | 429 | {"error":"ERR_RATE_LIMIT"}                              | -                | TOO_FAST PT1M
          bitfinex | 200 | {"error":"ERR_RATE_LIMIT"}                              | -                | TOO_FAST PT1M
          bitfinex | 500 | ["error",11010,"ratelimit: error"]                      | -                | TOO_FAST PT1M
          bitfinex | 200 | ["ok",11010,"a value of a user's"]                      | -                | DONE
          bitfinex | 500 | ["error",10114,"nonce: small"]                          | -                | RETRY
          bitfinex | 500 | ["error",10020,"symbol: invalid"]                       | -                | FAIL
          kucoin   | 200 | {"code":"200000","data":{}}                             | -                | DONE
          kucoin   | 429 | {"code":"429000","msg":"Too many requests"}             | gw-ratelimit-remaining: 0 / gw-ratelimit-reset: 2500 | TOO_FAST PT2.5S
          kucoin   | 429 | error code: 1015                                        | -                | TOO_FAST PT30S
          kucoin   | 400 | {"code":"400002","msg":"Invalid KC-API-TIMESTAMP."}     | -                | RETRY
          kucoin   | 401 | {"code":"400005","msg":"Invalid KC-API-SIGN."}          | -                | NOT_ADMITTED
          kucoin   | 200 | {"code":"400100","msg":"Parameter Error"}               | -                | FAIL
          github   | 403 | {"message":"Resource not accessible"}                   | -                | REFUSE
          github   | 403 | {"message":"You have exceeded a secondary rate limit."} | -                | TOO_FAST PT1M
          github   | 403 | {"message":"You have exceeded a secondary rate limit."} | Retry-After: 90  | TOO_FAST PT1M30S
          github   | 403 | {"message":"API limit"}  | X-RateLimit-Remaining: 0 / X-RateLimit-Reset: 1767225635 | TOO_FAST PT5S
          stripe   | 429 | {"error":{"code":"rate_limit"}}    | Stripe-Rate-Limited-Reason: global-rate | TOO_FAST
          stripe   | 429 | {"error":{"code":"lock_timeout"}}                       | -                | RETRY
          stripe   | 402 | {"error":{"code":"card_declined"}}                      | -                | FAIL
          """)
  void anAnswerMeans(String api, int status, String body, String lines, String expected) {
    String[] fields = lines == null ? new String[0] : lines.split(" / ", -1);

    assertThat(shown(verdict(api, status, body, fields))).isEqualTo(expected);
  }

  @Test
  void binancesUsedWeightIsComparedWithItsLimit() {
    Answer answer = Answers.of(KnownApis.binance(1_200), 200, "{}", "X-MBX-USED-WEIGHT-1M: 1000");

    assertThat(answer.quota().remaining())
        .containsExactly(
            new RemoteQuota.Remaining(
                "X-MBX-USED-WEIGHT-1M", 200, Optional.of(Duration.ofSeconds(30))));
  }

  @Test
  void theBansOfTheLedgerEndWhenItSays() {
    assertThat(NOW_SECONDS + 600).isEqualTo(1_767_226_230L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "binance",
        "bitfinex",
        "bybit",
        "coinbase",
        "github",
        "kraken",
        "kucoin",
        "okx",
        "standard",
        "stripe"
      })
  void everyProfileUnderstandsHttp(String api) {
    assertThat(List.copyOf(KnownApis.names())).contains(api).isSorted();
    assertThat(shown(verdict(api, 503, "", "Retry-After: 5"))).isEqualTo("UNAVAILABLE PT5S");
    assertThat(shown(verdict(api, 500, "<html>"))).isEqualTo("RETRY");
    assertThat(shown(verdict(api, 404, "<html>"))).isEqualTo("FAIL");
    assertThat(shown(verdict(api, 204, ""))).isEqualTo("DONE");
    assertThat(shown(verdict(api, 429, "", "Retry-After: 5"))).isEqualTo("TOO_FAST PT5S");
  }
}
