package io.ratelimit.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CausesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no answer within PT2S; try again       | no answer within 2 s; try again
          in PT0.52S or PT1M30S                  | in 520 ms or 90 s
          Unable to connect to 127.0.0.1/<unresolved>:1 | Unable to connect to 127.0.0.1:1
          java.io.IOException: no route          | no route
          io.grpc.StatusRuntimeException: GONE   | GONE
          EPT2S, PTS and a.b.Cd: stay            | EPT2S, PTS and a.b.Cd: stay
          """)
  void messagesAreForPeople(String message, String told) {
    assertThat(Causes.told(new IllegalStateException(message))).isEqualTo(told);
  }

  @Test
  void whatOnlyDevelopersOfALibraryReadIsLeftOut() {
    Throwable failure =
        new IllegalStateException(
            "no server answers",
            new IllegalStateException(
                "UNAVAILABLE: io exception\nChannel Pipeline: [SslHandler#0, ClientTlsHandler#0]",
                new IllegalStateException("not an SSL/TLS record")));

    assertThat(Causes.told(failure))
        .isEqualTo("no server answers: UNAVAILABLE: io exception: not an SSL/TLS record");
  }
}
