package io.ratelimit.http.quota;

import java.util.List;

/**
 * The fields in which APIs report their quota, each with its documentation. No name has two
 * meanings, so all are read for any API.
 */
final class Dialects {

  /**
   * Fields with one number each.
   *
   * <ul>
   *   <li>{@code RateLimit-} as in revisions 0 to 6 of <a
   *       href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">the IETF
   *       draft</a>.
   *   <li>{@code X-RateLimit-} as GitHub has it (<a
   *       href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">docs</a>),
   *       and as Discord has it, whose {@code -Reset-After} needs no clock (<a
   *       href="https://docs.discord.com/developers/topics/rate-limits">docs</a>).
   *   <li>{@code X-Rate-Limit-} as X has it (<a
   *       href="https://docs.x.com/fundamentals/rate-limits">docs</a>).
   *   <li>{@code X-RateLimit-Requests-} as RapidAPI's proxy has it (<a
   *       href="https://docs.rapidapi.com/docs/response-headers">docs</a>).
   *   <li>{@code X-Bapi-Limit-} of Bybit (<a
   *       href="https://bybit-exchange.github.io/docs/v5/rate-limit">docs</a>).
   *   <li>{@code gw-ratelimit-} of KuCoin, in milliseconds (<a
   *       href="https://www.kucoin.com/docs/basic-info/request-rate-limit/rest-api">docs</a>).
   * </ul>
   */
  static final List<QuotaFields> FIELDS =
      List.of(
          QuotaFields.of("RateLimit-Remaining", "RateLimit-Reset"),
          new QuotaFields(
              "",
              "X-RateLimit-Remaining",
              List.of("X-RateLimit-Reset-After", "X-RateLimit-Reset"),
              ResetForm.SECONDS),
          QuotaFields.of("X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"),
          QuotaFields.of("X-RateLimit-Requests-Remaining", "X-RateLimit-Requests-Reset"),
          QuotaFields.of("X-Bapi-Limit-Status", "X-Bapi-Limit-Reset-Timestamp")
              .in(ResetForm.MILLISECONDS),
          QuotaFields.of("gw-ratelimit-remaining", "gw-ratelimit-reset")
              .in(ResetForm.MILLISECONDS));

  /** Fields that say a limit with its window, as {@code 100, 100;w=60}. */
  static final List<String> LIMITS = List.of("RateLimit-Limit", "X-RateLimit-Limit");

  private Dialects() {}
}
