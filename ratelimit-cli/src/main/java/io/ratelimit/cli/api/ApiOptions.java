package io.ratelimit.cli.api;

import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.handler.AuditEventHandler;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.http.HttpAuditHandler;
import io.ratelimit.http.feedback.QuotaFeedback;
import io.ratelimit.http.profile.ApiProfile;
import io.ratelimit.http.profile.KnownApis;
import io.ratelimit.http.request.ApiToken;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The API over which to audit events, if not a simulated one. */
public final class ApiOptions {

  private static final String OPTION = "--api";
  private static final String USUAL_VARIABLE = "RATELIMIT_API_TOKEN";

  @Option(
      names = OPTION,
      paramLabel = "URI",
      description = {
        "Audit over this HTTP API instead of a simulated one: POST"
            + " URI/wallets/WALLET/TYPE. The quota that it reports is fed back into the"
            + " limit; see docs/http.md.",
        "To try it, run ratelimit api."
      })
  private @Nullable String uri;

  @Option(
      names = "--api-token-env",
      paramLabel = "NAME",
      description =
          "The environment variable that holds the API's token, sent as Authorization: Bearer …"
              + " Default: "
              + USUAL_VARIABLE
              + ", and no token if it is not set.")
  private @Nullable String tokenVariable;

  @Option(
      names = "--api-plain-http",
      description =
          "Send the token even to an http:// address of another machine, where it can"
              + " be read on the way.")
  private boolean plainHttp;

  @Option(
      names = "--api-profile",
      paramLabel = "NAME",
      description = {
        "The profile of the API: what errors in its answers mean, and how it reports"
            + " its quota. One of binance, bitfinex, bybit, coinbase, github, kraken,"
            + " kucoin, okx, stripe and standard, which is standard HTTP. Default: standard."
      })
  private @Nullable String profile;

  public boolean isGiven() {
    return uri != null;
  }

  /**
   * Returns the handler of a queue's events.
   *
   * @param configured the limit that is never exceeded, whatever the API says
   * @param simulated the handler without an API
   * @throws InputException if an option cannot be used
   */
  public AuditEventHandler handler(
      EventQueue queue, RateLimit configured, Supplier<AuditEventHandler> simulated) {
    String given = uri;
    if (given == null) {
      if (tokenVariable != null) {
        throw new InputException("--api-token-env is for " + OPTION + ", which is not given");
      }
      if (profile != null) {
        throw new InputException("--api-profile is for " + OPTION + ", which is not given");
      }
      return simulated.get();
    }
    HttpAuditHandler.Builder builder =
        checked(OPTION, () -> HttpAuditHandler.builder(parsed(given)))
            .onAnswer(QuotaFeedback.into(queue.limitControl(), configured))
            .profile(profile())
            .time(queue.time());
    token().ifPresent(builder::token);
    if (plainHttp) {
      builder.tokenOverPlainHttp();
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException refused) {
      throw new InputException(
          OPTION + " with a token must be https://; to send it unencrypted, add --api-plain-http");
    }
  }

  private ApiProfile profile() {
    String name = profile;
    if (name == null) {
      return ApiProfile.standard();
    }
    return KnownApis.named(name)
        .orElseThrow(
            () ->
                new InputException(
                    "--api-profile must be one of "
                        + String.join(", ", KnownApis.names())
                        + " but is "
                        + Texts.quoted(name)));
  }

  /** Returns the API's address for display. */
  public String shown() {
    return Texts.withoutPassword(String.valueOf(uri))
        + token().map(token -> ", " + token).orElse(", without a token");
  }

  private Optional<ApiToken> token() {
    String variable = tokenVariable;
    if (variable == null) {
      return System.getenv(USUAL_VARIABLE) == null
          ? Optional.empty()
          : Optional.of(checked(USUAL_VARIABLE, () -> ApiToken.fromEnvironment(USUAL_VARIABLE)));
    }
    return Optional.of(checked("--api-token-env", () -> ApiToken.fromEnvironment(variable)));
  }

  private static URI parsed(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException refused) {
      // The original message could show a password.
      throw new InputException(
          OPTION
              + " must look like http://127.0.0.1:8080 but is "
              + Texts.quoted(Texts.withoutPassword(text)));
    }
  }

  private static <T> T checked(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException refused) {
      throw new InputException(option + ": " + refused.getMessage());
    }
  }
}
