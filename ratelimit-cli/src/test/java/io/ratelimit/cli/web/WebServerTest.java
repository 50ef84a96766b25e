package io.ratelimit.cli.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.config.JavalinConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebServerTest {

  @Test
  void servesWhatItsPartsAdd() throws Exception {
    try (WebServer server =
        WebServer.start(WebServer.LOOPBACK, 0, List.of(WebServerTest::hello, WebServerTest::bye))) {
      HttpResponse<String> answer = get(server.url() + "/hello");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("hello");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(answer.headers().firstValue("Server")).isEmpty();
      assertThat(get(server.url() + "/bye").body()).isEqualTo("bye");
      assertThat(get(server.url() + "/other").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void saysThatAPortIsTaken() {
    try (WebServer first = WebServer.start(WebServer.LOOPBACK, 0, List.of())) {
      assertThatThrownBy(() -> WebServer.start(WebServer.LOOPBACK, first.port(), List.of()))
          .isInstanceOf(WebServerException.class)
          .hasMessage(
              "cannot listen at 127.0.0.1 port "
                  + first.port()
                  + ": the port is taken; choose another, or 0 for a free one");
    }
  }

  @Test
  void saysThatAHostIsNotThisMachine() {
    assertThatThrownBy(() -> WebServer.start("192.0.2.1", 0, List.of()))
        .isInstanceOf(WebServerException.class)
        .hasMessageStartingWith("cannot listen at 192.0.2.1 port 0: ");
    assertThatThrownBy(() -> WebServer.start("nowhere.invalid", 0, List.of()))
        .isInstanceOf(WebServerException.class)
        .hasMessage("cannot listen at nowhere.invalid: no such host");
  }

  @Test
  void writesAnAddressOfVersion6IntoAUrlAsItMustBe() {
    try (WebServer server = WebServer.start("::1", 0, List.of())) {
      assertThat(server.url()).isEqualTo("http://[::1]:" + server.port());
    }
  }

  @Test
  void isQuiet() throws Exception {
    String written =
        standardError(
            () -> {
              try (WebServer server =
                  WebServer.start(WebServer.LOOPBACK, 0, List.of(WebServerTest::hello))) {
                assertThatThrownBy(
                        () -> WebServer.start(WebServer.LOOPBACK, server.port(), List.of()))
                    .isInstanceOf(WebServerException.class);
              }
            });
    assertThat(written).isEmpty();
  }

  @Test
  void logsABugAndKeepsItsDetailsToItself() throws Exception {
    String written =
        standardError(
            () -> {
              try (WebServer server =
                  WebServer.start(WebServer.LOOPBACK, 0, List.of(WebServerTest::bug))) {
                HttpResponse<String> answer = get(server.url() + "/bug");
                assertThat(answer.statusCode()).isEqualTo(500);
                assertThat(answer.body()).isEqualTo("This is a bug, please report it.");
              }
            });
    assertThat(written).contains("GET /bug failed").contains("secret");
  }

  private static void hello(JavalinConfig config) {
    config.routes.get("/hello", context -> context.result("hello"));
  }

  private static void bye(JavalinConfig config) {
    config.routes.get("/bye", context -> context.result("bye"));
  }

  private static void bug(JavalinConfig config) {
    config.routes.get(
        "/bug",
        context -> {
          throw new IllegalStateException("secret");
        });
  }

  private static String standardError(ThrowingRunnable action) throws Exception {
    PrintStream error = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setErr(new PrintStream(written, true, UTF_8));
    try {
      action.run();
    } finally {
      System.setErr(error);
    }
    return written.toString(UTF_8);
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
