package io.ratelimit.cli.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.time.VirtualTime;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LimitedApiTest {

  private final VirtualTime time = VirtualTime.atEpoch();
  private final HttpClient client = HttpClient.newHttpClient();

  private LimitedApi.Builder api() {
    return LimitedApi.builder(RateLimit.of(2).per(Duration.ofSeconds(10))).time(time);
  }

  private HttpResponse<String> ask(LimitedApi api, String key) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api.uri() + "/any/path"))
            .header("Authorization", key)
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void eachKeyHasAWindowOfItsOwnAndIsToldOfIt() throws Exception {
    try (LimitedApi api = api().start()) {
      HttpResponse<String> first = ask(api, "a");
      time.advance(Duration.ofMillis(500));
      ask(api, "a");
      HttpResponse<String> third = ask(api, "a");
      HttpResponse<String> other = ask(api, "b");

      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.headers().map())
          .containsEntry("ratelimit-policy", java.util.List.of("\"default\";q=2;w=10"))
          .containsEntry("ratelimit", java.util.List.of("\"default\";r=1;t=10"))
          .doesNotContainKey("retry-after");
      assertThat(third.statusCode()).isEqualTo(429);
      assertThat(third.headers().map())
          .containsEntry("ratelimit", java.util.List.of("\"default\";r=0;t=10"))
          .containsEntry("retry-after", java.util.List.of("10"));
      assertThat(other.statusCode()).isEqualTo(200);
      assertThat(api.counts()).isEqualTo(new LimitedApi.Counts(4, 3, 1, 0, 2));
    }
  }

  @Test
  void someCanBeMadeToFailAndTheLimitCanChange() throws Exception {
    try (LimitedApi api = api().failRate(1, 1).start()) {
      assertThat(ask(api, "a").statusCode()).isEqualTo(500);
      api.changeLimit(RateLimit.of(1).per(Duration.ofSeconds(10)));

      assertThat(ask(api, "a").statusCode()).isEqualTo(429);
      assertThat(api.counts()).isEqualTo(new LimitedApi.Counts(2, 0, 1, 1, 1));
    }
  }

  @Test
  void aPortIsHadOnce() throws IOException {
    try (LimitedApi api = api().start()) {
      assertThatThrownBy(() -> api().port(api.uri().getPort()).start())
          .isInstanceOf(BindException.class);
    }
  }

  @Test
  void whatTheFieldsCannotSayIsRefused() {
    assertThatThrownBy(() -> LimitedApi.builder(RateLimit.parse("5/250ms")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whole seconds")
        .hasMessageContaining("5/250ms");
    assertThatThrownBy(() -> api().failRate(1.5, 1))
        .hasMessage("fail rate must be 0 to 1 but is 1.5");
  }

  @Test
  void whoSendsABodyTooSlowlyIsHungUpOn() throws Exception {
    try (LimitedApi api = api().bodyTimeout(Duration.ofMillis(200)).start();
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), api.uri().getPort())) {
      slow.setSoTimeout(30_000);
      slow.getOutputStream()
          .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1".getBytes(US_ASCII));

      assertThat(slow.getInputStream().read()).as("the end").isEqualTo(-1);
      assertThat(ask(api, "another").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void manyConnectionsHaveABoundedNumberOfThreads() throws Exception {
    List<Socket> open = new ArrayList<>();
    try (LimitedApi api = api().start()) {
      for (int i = 0; i < 2 * LimitedApi.MOST_THREADS; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.uri().getPort());
        open.add(socket);
        socket.getOutputStream().write("POST / HTTP/1.1\r\n".getBytes(US_ASCII));
      }
      await().until(() -> threads() >= LimitedApi.MOST_THREADS);
      assertThat(threads()).isLessThanOrEqualTo(LimitedApi.MOST_THREADS + 1);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("limited-api"))
        .count();
  }
}
