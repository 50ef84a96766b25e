package io.ratelimit.cli.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.ratelimit.cli.queue.ShownQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dashboard answers, whoever asks. */
class DashboardTest {

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(String url, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    return client.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String url, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.noBody());
    return client.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        BodyHandlers.ofString());
  }

  private static String[] token(String token) {
    return new String[] {"Authorization", "Bearer " + token};
  }

  /** The status of an answer, asked under another name. */
  private static int statusUnderName(ShownQueue shown, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), shown.port())) {
      String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream answer = socket.getInputStream();
      String text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(text.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }
  }

  /** The next message of a stream: its event's name, and what it tells. */
  private static List<String> message(Iterator<String> lines) {
    List<String> message = new ArrayList<>();
    while (message.size() < 2) {
      String line = lines.next();
      if (line.startsWith("event: ") || line.startsWith("data: ")) {
        message.add(line.substring(line.indexOf(' ') + 1));
      }
    }
    return message;
  }

  private Iterator<String> stream(ShownQueue shown) throws Exception {
    return stream(shown, "/api/live");
  }

  private Iterator<String> stream(ShownQueue shown, String path) throws Exception {
    HttpResponse<Stream<String>> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(shown.url(path))).build(), BodyHandlers.ofLines());
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    return answer.body().iterator();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/dashboard.css",
        "/dashboard.js",
        "/charts.js",
        "/queues.js",
        "/forecast.js",
        "/history",
        "/history.js",
        "/icon.svg"
      })
  void everyFileComesWithRestrictionsForTheBrowser(String path) throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      HttpResponse<String> answer = get(shown.url(path));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isNotBlank();
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
          .doesNotContain("unsafe");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
      assertThat(answer.headers().firstValue("Server")).isEmpty();
    }
  }

  @Test
  void aStreamBeginsWithThePastAndGoesOn() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.publish("e1", "w");
      shown.show();
      shown.publish("e2", "w");
      shown.show();

      Iterator<String> lines = stream(shown);
      List<String> history = message(lines);
      List<String> first = message(lines);
      shown.publish("e3", "w");
      shown.show();
      List<String> second = message(lines);

      assertThat(history.get(0)).isEqualTo("history");
      assertThat(JSON.readTree(history.get(1)).findValuesAsText("pending"))
          .containsExactly("1", "2");
      assertThat(first.get(0)).isEqualTo("view");
      assertThat(JSON.readTree(first.get(1)).at("/seen/monitor/queue/pending").intValue())
          .isEqualTo(2);
      assertThat(JSON.readTree(second.get(1)).at("/seen/monitor/queue/pending").intValue())
          .isEqualTo(3);
    }
  }

  @Test
  void thePastHasABound() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      for (int i = 0; i < 700; i++) {
        shown.show();
      }

      assertThat(JSON.readTree(message(stream(shown)).get(1))).hasSize(600);
    }
  }

  @Test
  void aQueueThatIsAwayIsSaidToBeSo() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.showAway("Redis is not there");

      Iterator<String> lines = stream(shown);
      assertThat(message(lines).get(0)).isEqualTo("history");
      JsonNode never = JSON.readTree(message(lines).get(1));
      assertThat(never.at("/condition/state").textValue()).isEqualTo("UNREAD");
      assertThat(never.get("live").booleanValue()).isFalse();

      shown.publish("e1", "w");
      shown.show();
      assertThat(JSON.readTree(message(lines).get(1)).get("live").booleanValue()).isTrue();

      shown.showHung(Duration.ofSeconds(25));
      JsonNode hung = JSON.readTree(message(lines).get(1));
      assertThat(hung.at("/condition/state").textValue()).isEqualTo("STALE");
      assertThat(hung.at("/condition/last/state").textValue()).isEqualTo("UNWATCHED");
      assertThat(hung.at("/ageSeconds").doubleValue()).isEqualTo(25);
      assertThat(hung.at("/seen/monitor/queue/pending").intValue())
          .as("what was known stays to be seen")
          .isEqualTo(1);

      shown.showAway("Redis is not there");
      JsonNode away = JSON.readTree(message(lines).get(1));
      assertThat(away.at("/condition/state").textValue()).isEqualTo("UNREACHABLE");
      assertThat(away.at("/condition/error").textValue()).contains("Redis is not there");
    }
  }

  @Test
  @Timeout(20)
  void closingEndsTheStreamsAtOnce() throws Exception {
    ShownQueue shown = ShownQueue.open();
    Iterator<String> lines = stream(shown);
    assertThat(message(lines).get(0)).isEqualTo("history");

    shown.close();

    assertThat(endOf(lines)).isTrue();
  }

  /** Whether nothing more comes; a server that stops need not end a stream in good order. */
  private static boolean endOf(Iterator<String> lines) {
    try {
      while (lines.hasNext()) {
        assertThat(lines.next()).isEmpty();
      }
      return true;
    } catch (UncheckedIOException cut) {
      return true;
    }
  }

  @Test
  void onlyWhoKnowsTheTokenBringsAnEventBack() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.fail("e1", "w", "no such wallet");
      long sequence = shown.queue().failedQueue().page(0, 1).get(0).sequence();
      String url = shown.url("/api/failed/" + sequence + "/redrive");

      assertThat(post(url).statusCode()).isEqualTo(403);
      assertThat(post(url, token("a-token-for-test")).statusCode()).isEqualTo(403);
      assertThat(post(url, token("a-token-for-tests2")).statusCode()).isEqualTo(403);
      assertThat(get(url, token(ShownQueue.TOKEN.secret())).statusCode()).isEqualTo(404);
      assertThat(shown.queue().stats().failed()).isEqualTo(1);

      HttpResponse<String> answer = post(url, token(ShownQueue.TOKEN.secret()));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(JSON.readTree(answer.body()).get("redriven").intValue()).isEqualTo(1);
      assertThat(shown.queue().stats().pending()).isEqualTo(1);

      assertThat(post(url, token(ShownQueue.TOKEN.secret())).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void anEventWhoseIdIsUnfinishedStaysFailed() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.fail("e1", "w", "no such wallet");
      long sequence = shown.queue().failedQueue().page(0, 1).get(0).sequence();
      shown.publish("e1", "w");

      HttpResponse<String> answer =
          post(shown.url("/api/failed/" + sequence + "/redrive"), token(ShownQueue.TOKEN.secret()));

      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(answer.body()).contains("unfinished");
      assertThat(shown.queue().stats().failed()).isEqualTo(1);
    }
  }

  @Test
  void allComeBackPartByPart() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      for (int i = 0; i < 30; i++) {
        shown.fail("e" + i, "w", "no such wallet");
      }

      HttpResponse<String> answer =
          post(shown.url("/api/failed/redrive?after=0"), token(ShownQueue.TOKEN.secret()));

      JsonNode result = JSON.readTree(answer.body());
      assertThat(result.get("redriven").intValue()).isEqualTo(30);
      assertThat(result.get("next").isNull()).isTrue();
      assertThat(shown.queue().stats().failed()).isZero();
    }
  }

  @Test
  void withoutATokenNobodyChangesAnything() throws Exception {
    try (ShownQueue shown = ShownQueue.readOnly()) {
      shown.fail("e1", "w", "no such wallet");

      HttpResponse<String> answer =
          post(shown.url("/api/failed/redrive?after=0"), token("a-token-for-tests"));

      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).contains("read-only");
      assertThat(shown.queue().stats().failed()).isEqualTo(1);
    }
  }

  @Test
  void failedEventsComePageByPageAndAsTheyAre() throws Exception {
    String hostile = "<img src=x onerror=alert(1)>\u2028";
    try (ShownQueue shown = ShownQueue.open()) {
      shown.fail("<b>e</b>", "w&amp;", hostile);
      for (int i = 0; i < 30; i++) {
        shown.fail("e" + i, "w", "no such wallet");
      }

      HttpResponse<String> answer = get(shown.url("/api/failed?after=0"));
      JsonNode first = JSON.readTree(answer.body());
      JsonNode second =
          JSON.readTree(get(shown.url("/api/failed?after=" + first.get("next"))).body());

      assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("application/json");
      assertThat(first.at("/events/0/reason").textValue()).isEqualTo(hostile);
      assertThat(first.at("/events/0/id").textValue()).isEqualTo("<b>e</b>");
      assertThat(first.get("events")).hasSize(20);
      assertThat(second.get("events")).hasSize(11);
      assertThat(second.get("next").isNull()).isTrue();
    }
  }

  @Test
  void failedEventsAreFoundAndCountedByReasonWithoutWhatTheyCarry() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.fail("e1", "w-1", "HTTP 503 after 1042 ms");
      shown.fail("e2", "w-2", "HTTP 503 after 17 ms");
      shown.fail("e3", "w-2", "no such wallet");

      JsonNode found = JSON.readTree(get(shown.url("/api/failed?wallet=w-2&reason=http")).body());
      JsonNode reasons = JSON.readTree(get(shown.url("/api/failed/reasons")).body());

      assertThat(found.at("/events").findValuesAsText("id")).containsExactly("e2");
      assertThat(found.get("lookedAt").intValue()).isEqualTo(3);
      assertThat(found.at("/events/0/content").isNull()).isTrue();
      assertThat(reasons.at("/reasons").findValuesAsText("reason"))
          .containsExactly("HTTP 503 after … ms", "no such wallet");
    }
  }

  @Test
  void onlyWhoKnowsTheTokenSeesAPayloadOrDiscards() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      for (String id : List.of("e1", "e2", "e3")) {
        shown.fail(id, "w", id.equals("e3") ? "other" : "no such wallet");
      }
      String content = shown.url("/api/failed/1/content");
      String one = shown.url("/api/failed/1/discard");
      String some = shown.url("/api/failed/discard?after=0&reason=wallet");
      String[] secret = token(ShownQueue.TOKEN.secret());

      assertThat(get(content).statusCode()).isEqualTo(403);
      assertThat(post(one).statusCode()).isEqualTo(403);
      assertThat(post(some, token("a-token-for-test")).statusCode()).isEqualTo(403);
      assertThat(shown.queue().stats().failed()).isEqualTo(3);

      JsonNode shownContent = JSON.readTree(get(content, secret).body());
      assertThat(shownContent.at("/content/payload").isTextual()).isTrue();
      assertThat(JSON.readTree(post(one, secret).body()).get("discarded").intValue()).isEqualTo(1);
      assertThat(post(one, secret).statusCode()).isEqualTo(404);
      JsonNode matching = JSON.readTree(post(some, secret).body());
      assertThat(matching.get("discarded").intValue()).isEqualTo(1);
      assertThat(matching.get("next").isNull()).isTrue();
      assertThat(shown.queue().failedQueue().page(0, 10))
          .extracting(failed -> failed.event().id())
          .containsExactly("e3");
      JsonNode back = JSON.readTree(post(shown.url("/api/failed/redrive?id=e3"), secret).body());
      assertThat(back.get("redriven").intValue()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "99999999999999999999", "1%3Cscript%3E"})
  void aSequenceNumberThatIsNoneIsRefused(String sequence) throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      HttpResponse<String> answer = get(shown.url("/api/failed?after=" + sequence));

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("application/json");
      assertThat(JSON.readTree(answer.body()).get("error").textValue())
          .contains("must be a whole number");
    }
  }

  @Test
  void aNameThatSomebodyHasPointHereIsRefused() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      assertThat(statusUnderName(shown, "evil.example")).isEqualTo(403);
      assertThat(statusUnderName(shown, "localhost.evil.example:" + shown.port())).isEqualTo(403);
      assertThat(statusUnderName(shown, "127.0.0.1.evil.example")).isEqualTo(403);

      assertThat(statusUnderName(shown, "localhost:" + shown.port())).isEqualTo(200);
      assertThat(statusUnderName(shown, "[::1]:" + shown.port())).isEqualTo(200);
      assertThat(statusUnderName(shown, "audits.example")).isEqualTo(200);
      assertThat(statusUnderName(shown, "AUDITS.example:443")).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api/live", "/api/failed"})
  void anotherPageCannotAsk(String path) throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      String url = shown.url(path);

      assertThat(get(url, "Origin", "https://evil.example").statusCode()).isEqualTo(403);
      assertThat(get(url, "Origin", "http://127.0.0.1:1").statusCode()).isEqualTo(403);
      assertThat(get(url, "Origin", "null").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void itsOwnPageCanAskAlsoBehindAProxy() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      String url = shown.url("/api/failed");

      assertThat(get(url, "Origin", shown.url("")).statusCode()).isEqualTo(200);
      assertThat(get(url, "Origin", "https://audits.example").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anotherPortOrSchemeIsAnotherPage() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      String url = shown.url("/api/failed");
      String own = shown.url("");

      assertThat(get(url, "Origin", own.replace("http:", "https:")).statusCode()).isEqualTo(403);
      assertThat(get(url, "Origin", "http://127.0.0.1").statusCode()).isEqualTo(403);
      assertThat(get(url, "Origin", "https://audits.example:8443").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void whatABrowserSaysComesFromElsewhereIsRefusedButForALink() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      String[] link = {"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"};
      for (String site : List.of("cross-site", "same-site")) {
        assertThat(statusFrom(shown.url("/api/failed"), site)).isEqualTo(403);
        assertThat(statusFrom(shown.url("/"), site, link)).isEqualTo(200);
      }
      for (String site : List.of("same-origin", "none")) {
        assertThat(statusFrom(shown.url("/api/failed"), site)).isEqualTo(200);
      }
    }
  }

  private int statusFrom(String url, String site, String... more) throws Exception {
    List<String> headers = new ArrayList<>(List.of("Sec-Fetch-Site", site));
    headers.addAll(List.of(more));
    return get(url, headers.toArray(String[]::new)).statusCode();
  }

  /** The status of a stream that stays open, asked for from an address of this machine. */
  private static String listenFrom(int last, ShownQueue shown, List<Socket> open)
      throws IOException {
    return listenFrom(last, shown, open, "/api/live");
  }

  private static String listenFrom(int last, ShownQueue shown, List<Socket> open, String path)
      throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    socket.bind(new InetSocketAddress(loopback(last), 0));
    socket.connect(new InetSocketAddress(loopback(1), shown.port()));
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    byte[] beginning = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
    return new String(beginning, StandardCharsets.US_ASCII).substring("HTTP/1.1 ".length());
  }

  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  @Test
  void oneClientCannotLockOutTheOthers() throws Exception {
    List<Socket> open = new ArrayList<>();
    try (ShownQueue shown = ShownQueue.open()) {
      for (int i = 0; i < Listeners.MOST_OF_AN_ADDRESS; i++) {
        assertThat(listenFrom(1, shown, open)).isEqualTo("200");
      }
      assertThat(listenFrom(1, shown, open)).isEqualTo("503");
      assertThat(listenFrom(1, shown, open, "/api/live?queue=orders")).isEqualTo("503");
      assertThat(listenFrom(2, shown, open)).isEqualTo("200");

      open.get(0).close();
      shown.show();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                shown.show();
                return listenFrom(1, shown, open).equals("200");
              });
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void everyChangeIsLogged() throws Exception {
    PrintStream error = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    try (ShownQueue shown = ShownQueue.open()) {
      post(shown.url("/api/failed/7/redrive"), token("a-token-for-tests"));
      post(shown.url("/api/failed/redrive"), token("a-token-for-tests"));
    } finally {
      System.setErr(error);
    }
    assertThat(written.toString(StandardCharsets.UTF_8))
        .contains("127.0.0.1 requested to redrive failed event 7 of queue \"audits\": NOT_FOUND")
        .contains(
            "127.0.0.1 requested to redrive all failed events of queue \"audits\" after 0: 0 came"
                + " back, 0 are duplicates")
        .doesNotContain("a-token-for-tests");
  }

  @Test
  void whoKnowsTheTokenPausesResumesAndChanges() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.show();

      assertThat(post(shown, "/api/queue/pause", true).statusCode()).isEqualTo(200);
      assertThat(shown.queue().stats().limit().pause()).isPresent();
      assertThat(post(shown, "/api/queue/resume", true).body()).contains("Starts resume");
      assertThat(shown.queue().stats().limit().pause()).isEmpty();
      assertThat(post(shown, "/api/queue/limit?rate=30/m", true).body()).contains("30/min");
      assertThat(shown.queue().limitControl().settings().normal().permits()).isEqualTo(30);
      assertThat(post(shown, "/api/manager/workers?manager=audit-1&min=2&max=4", true).body())
          .contains("2 to 4 workers");
      HttpResponse<String> unknown = post(shown, "/api/manager/stop?manager=nobody", true);
      assertThat(unknown.statusCode()).isEqualTo(409);
      assertThat(unknown.body()).contains("nobody");
      assertThat(shown.managers().done()).containsExactly("workers audit-1 2 4", "stop nobody");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/queue/pause",
        "/api/queue/resume",
        "/api/queue/limit?rate=30/m",
        "/api/manager/workers?manager=m&min=2&max=4",
        "/api/manager/stop?manager=m"
      })
  void whoDoesNotChangesNothing(String path) throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.show();

      assertThat(post(shown, path, false).statusCode()).isEqualTo(403);
      assertThat(shown.queue().limitControl().settings().normal().permits()).isEqualTo(50);
      assertThat(shown.queue().stats().limit().pause()).isEmpty();
      assertThat(shown.managers().done()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/queue/limit",
        "/api/queue/limit?rate=many",
        "/api/manager/workers?manager=m&min=x&max=4",
        "/api/manager/workers?manager=m&min=5&max=4",
        "/api/manager/stop?manager="
      })
  void whatCannotBeUnderstoodIsSaidToBeSo(String path) throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.show();

      HttpResponse<String> refused = post(shown, path, true);
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(refused.body()).get("error").textValue()).isNotBlank();
    }
  }

  /** The next view of a stream that fulfills a condition. */
  private static JsonNode view(Iterator<String> lines, Predicate<JsonNode> condition)
      throws Exception {
    while (true) {
      List<String> message = message(lines);
      JsonNode view = JSON.readTree(message.get(1));
      if (message.get(0).equals("view") && condition.test(view)) {
        return view;
      }
    }
  }

  @Test
  @Timeout(60)
  void anotherQueueIsToldOfWhileSomebodyLooks() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.others().add("orders", 2);
      shown.others().add("payments", 0);

      JsonNode view =
          view(
              stream(shown, "/api/live?queue=orders"),
              told -> !told.get("queues").isNull() && !told.get("seen").isNull());
      assertThat(view.get("queue").textValue()).isEqualTo("orders");
      assertThat(view.at("/seen/monitor/queue/failed").intValue()).isEqualTo(2);
      assertThat(view.at("/queues/names"))
          .extracting(JsonNode::textValue)
          .containsExactly("audits", "orders", "payments");
      assertThat(get(shown.url("/api/failed?queue=orders")).body()).contains("reason of orders");
      assertThat(get(shown.url("/api/failed?queue=audits")).body()).doesNotContain("reason of");
      assertThat(shown.others().connected()).as("payments is not asked").containsOnly("orders");
    }
  }

  @Test
  @Timeout(60)
  void aQueueThatNobodyLooksAtAnyMoreIsLeft() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      shown.others().add("orders", 0);
      assertThat(get(shown.url("/api/failed?queue=orders")).statusCode()).isEqualTo(200);

      await()
          .atMost(Duration.ofSeconds(40))
          .untilAsserted(
              () -> {
                shown.show();
                assertThat(shown.others().closed()).containsExactly("orders");
              });
    }
  }

  @Test
  void whoKnowsTheTokenWorksOnTheQueueThatIsMeant() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      InMemoryEventQueue orders = shown.others().add("orders", 3);

      assertThat(post(shown, "/api/queue/pause?queue=orders", false).statusCode()).isEqualTo(403);
      assertThat(post(shown, "/api/failed/redrive?queue=orders", false).statusCode())
          .isEqualTo(403);
      assertThat(shown.others().connected()).as("without the token").isEmpty();

      assertThat(post(shown, "/api/queue/pause?queue=orders", true).statusCode()).isEqualTo(200);
      assertThat(orders.stats().limit().pause()).isPresent();
      assertThat(shown.queue().stats().limit().pause()).isEmpty();
      assertThat(post(shown, "/api/queue/limit?rate=30/m&queue=orders", true).body())
          .contains("30/min");
      assertThat(shown.queue().limitControl().settings().normal().permits()).isEqualTo(50);
      assertThat(post(shown, "/api/failed/redrive?queue=orders", true).body()).contains("3");
      assertThat(orders.stats().failed()).isZero();
    }
  }

  @Test
  @Timeout(60)
  void aQueueThatIsNotThereIsSaidNotToBe() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      HttpResponse<String> answer = get(shown.url("/api/failed?queue=%3Cb%3E"));
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(JSON.readTree(answer.body()).get("error").textValue())
          .contains("there is no queue \"<b>\"");

      JsonNode view = view(stream(shown, "/api/live?queue=%3Cb%3E"), told -> true);
      assertThat(view.at("/condition/state").textValue()).isEqualTo("UNREAD");
      assertThat(view.at("/condition/error").textValue()).contains("there is no queue");
      assertThat(view.get("queue").textValue()).isEqualTo("<b>");
      // In Redis, who asks for one that is not there causes a search for similar names.
      assertThat(shown.others().connected()).hasSize(1);
    }
  }

  @Test
  void browsersChooseSoManyQueuesAtOnce() throws Exception {
    try (ShownQueue shown = ShownQueue.open()) {
      for (int i = 0; i < Dashboard.MOST_QUEUES; i++) {
        assertThat(get(shown.url("/api/failed?queue=q" + i)).statusCode()).isEqualTo(404);
      }
      HttpResponse<String> refused = get(shown.url("/api/failed?queue=another"));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("8 other queues already");
      assertThat(shown.others().connected()).doesNotContain("another");
      assertThat(get(shown.url("/api/failed")).statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> post(ShownQueue shown, String path, boolean token)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(shown.url(path)))
            .POST(HttpRequest.BodyPublishers.noBody());
    if (token) {
      request.header("Authorization", "Bearer " + ShownQueue.TOKEN.secret());
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
