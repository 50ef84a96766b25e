package io.ratelimit.cli.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.CommandRun;
import io.ratelimit.core.limit.RateLimit;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rounds over an API that counts requests. */
@Timeout(60)
class ApiCommandTest {

  private static CommandRun demo(LimitedApi api, String arguments) {
    List<String> all = new ArrayList<>(List.of("demo", "--api", api.uri().toString()));
    all.addAll(List.of(arguments.split(" ")));
    return CommandRun.of(all.toArray(String[]::new));
  }

  @Test
  void aRoundIsDrainedOverTheApi() throws IOException {
    try (LimitedApi api = LimitedApi.builder(RateLimit.of(100).perSecond()).start()) {
      CommandRun run =
          demo(
              api,
              "--events 10 --limit 20/s --deadline 60s --processing-time 10ms"
                  + " --emergency-limit none");

      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(run.out())
          .contains(
              "API         " + api.uri() + ", without a token.",
              "10 done, 0 failed, 0 left",
              "OK: deadline met, limit held, nothing lost.");
      assertThat(api.counts().done()).isEqualTo(10);
    }
  }

  @Test
  void theTimeOfAnApiCannotBeHurried() throws IOException {
    try (LimitedApi api = LimitedApi.builder(RateLimit.of(100).perSecond()).start()) {
      CommandRun run = demo(api, "--speedup 20");

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.errLines())
          .containsExactly(
              "ratelimit demo: --speedup 20 cannot speed up the API; leave it out, or"
                  + " add --redis, which shortens all durations instead");
      assertThat(api.counts().arrived()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --api ftp://host                             | --api: the API's URI must look like
          --api http://user:s3cr3t@host                | --api: the API's URI must not contain a user
          --api http://user:s3cr3t@ho^st               | --api must look like http://127.0.0.1:8080
          --api http://host --api-token-env NOT_SET_1  | --api-token-env: the environment variable NOT_SET_1 must hold
          --api http://host --api-profile acme         | --api-profile must be one of binance, bitfinex, bybit, coinbase, github, kraken, kucoin, okx, standard, stripe but is "acme"
          --api-profile kraken                         | --api-profile is for --api, which is not given
          --api-token-env X                            | --api-token-env is for --api, which is not given
          """)
  void whatCannotBeUsedIsOneLineWithoutSecrets(String arguments, String expected) {
    CommandRun run = CommandRun.of(("demo " + arguments).split(" +"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errLines()).hasSize(1);
    assertThat(run.err()).contains(expected).doesNotContain("s3cr3t");
  }

  @Test
  void aPortThatIsTakenIsOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      CommandRun run = CommandRun.of("api", "--port", Integer.toString(taken.getLocalPort()));

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.errLines()).hasSize(1);
      assertThat(run.err())
          .startsWith("ratelimit api: --port " + taken.getLocalPort() + " is not available: ")
          .contains("choose another, or 0 for a free one");
    }
  }

  @Test
  void aLimitThatItCannotTellOfIsRefused() {
    CommandRun run = CommandRun.of("api", "--port", "0", "--limit", "5/250ms");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--limit: ", "whole seconds", "5/250ms");
  }
}
