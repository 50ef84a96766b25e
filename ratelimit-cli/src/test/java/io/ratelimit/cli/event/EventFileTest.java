package io.ratelimit.cli.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.event.EventTypes;
import io.ratelimit.core.limit.RateLimit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventFileTest {

  private static final String GOOD =
      "{\"id\":\"e1\",\"type\":\"REBALANCE_NEEDED\",\"walletId\":\"w\"}";

  private static EventFile.Content read(byte[] bytes) throws IOException {
    return EventFile.read(
        new ByteArrayInputStream(bytes),
        EventTypes.standard()::get,
        RateLimit.of(20).perMinute(),
        256);
  }

  private static EventFile.Content read(String text) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Any line is an event or a problem, and the lines around it are read. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyLineIsAnEventOrAProblem(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] good =
        "{\"id\":\"e\",\"type\":\"T\",\"walletId\":\"w\",\"payload\":{\"a\":[1.50,\"\\ud83d\\ude00\"]},\"attributes\":{\"k\":\"v\"},\"weight\":2}"
            .getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 3_000; i++) {
      byte[] bad = damaged(good, random);
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.writeBytes(GOOD.replace("e1", "first").getBytes(StandardCharsets.UTF_8));
      file.write('\n');
      file.writeBytes(bad);
      file.write('\n');
      file.writeBytes(GOOD.replace("e1", "last").getBytes(StandardCharsets.UTF_8));

      EventFile.Content content = read(file.toByteArray());

      List<String> ids = content.events().stream().map(AuditEvent::id).toList();
      assertThat(ids).contains("first", "last");
      boolean blank = new String(bad, StandardCharsets.UTF_8).isBlank();
      assertThat(ids.size() + content.problems().size())
          .as(new String(bad, StandardCharsets.ISO_8859_1))
          .isEqualTo(blank ? 2 : 3);
      content.problems().forEach(problem -> assertThat(problem.reason()).isNotBlank());
    }
  }

  private static byte[] damaged(byte[] good, Random random) {
    byte[] hostile = "{}[]\",:\\0eE-+.uDd8 \t\0\u00ff".getBytes(StandardCharsets.ISO_8859_1);
    int length = random.nextInt(6) == 0 ? random.nextInt(good.length) : good.length;
    byte[] bytes = Arrays.copyOf(good, length);
    for (int n = random.nextInt(5); n > 0 && length > 0; n--) {
      byte other =
          random.nextBoolean()
              ? hostile[random.nextInt(hostile.length)]
              : (byte) random.nextInt(256);
      bytes[random.nextInt(length)] = other == '\n' ? (byte) ' ' : other;
    }
    return bytes;
  }

  @Test
  void whatUtf8CannotHoldIsAProblem() throws IOException {
    for (String field :
        List.of(
            "\"payload\":\"\\ud800\"",
            "\"attributes\":{\"a\":\"\\ud800\"}",
            "\"attributes\":{\"\\udc00\":\"b\"}")) {
      EventFile.Content content = read(GOOD.replace("}", "," + field + "}"));

      assertThat(content.events()).as(field).isEmpty();
      assertThat(content.problems().get(0).reason()).contains("surrogate");
    }
  }

  @Test
  void readsEveryField() throws IOException {
    EventFile.Content content =
        read(
            """
            {"id":"e1","type":"OPEN_ORDER_DETECTED","walletId":"w1","payload":{"a":[1.50,"ü"]},\
            "attributes":{"k":"v"},"weight":2,"publishedAt":"x"}
            """);

    AuditEvent event = content.events().get(0);
    assertThat(event.id()).isEqualTo("e1");
    assertThat(event.type()).isEqualTo(EventType.OPEN_ORDER_DETECTED);
    assertThat(event.walletId()).isEqualTo("w1");
    assertThat(event.payload().text()).isEqualTo("{\"a\":[1.50,\"ü\"]}");
    assertThat(event.attributes()).containsEntry("k", "v").hasSize(1);
    assertThat(event.weight()).isEqualTo(2);
    assertThat(content.ignoredFields()).containsEntry("publishedAt", 1).hasSize(1);
    assertThat(content.problems()).isEmpty();
  }

  @Test
  void lineEndsBlankLinesAndAByteOrderMarkDoNotMatter() throws IOException {
    EventFile.Content content = read("\ufeff" + GOOD + "\r\n\r\n  \n" + GOOD.replace("e1", "e2"));

    assertThat(content.problems()).isEmpty();
    assertThat(content.events()).extracting(AuditEvent::id).containsExactly("e1", "e2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {} | "id" is missing
          {"id":"a","walletId":"w"} | "type" is missing
          {"id":7,"type":"A","walletId":"w"} | "id" must be a string but is 7
          {"id":null,"type":"A","walletId":"w"} | "id" must be a string but is null
          {"id":"","type":"A","walletId":"w"} | id
          {"id":"a","type":"A b","walletId":"w"} | type
          {"id":"a","type":"A","walletId":"w","weight":21} | "weight" must be 1 to the permits of --limit, 20, but is 21
          {"id":"a","type":"A","walletId":"w","weight":0} | "weight" must be 1 to the permits of --limit, 20, but is 0
          {"id":"a","type":"A","walletId":"w","weight":1.5} | "weight" must be a whole number but is 1.5
          {"id":"a","type":"A","walletId":"w","attributes":[]} | "attributes" must be an object but is []
          {"id":"a","type":"A","walletId":"w","attributes":{"k":1}} | attribute "k" must be a string but is 1
          {"id":"a","id":"b","type":"A","walletId":"w"} | is not JSON: Duplicate field 'id'
          {"id":"a","type":"A","walletId":"w"} {} | is not JSON: Trailing token
          [1] | must be an object like {"id":…,"type":…,"walletId":…} but is [1]
          "text" | must be an object like {"id":…,"type":…,"walletId":…} but is "text"
          {"id":"a" | is not JSON: Unexpected end-of-input
          """)
  void saysWhatIsWrongWithALine(String line, String reason) throws IOException {
    EventFile.Content content = read(GOOD + "\n" + line + "\n");

    assertThat(content.events()).extracting(AuditEvent::id).containsExactly("e1");
    assertThat(content.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.line()).isEqualTo(2);
              assertThat(problem.reason()).contains(reason);
            });
  }

  @Test
  void aLineThatIsTooLongIsSkippedWhole() throws IOException {
    EventFile.Content content = read("x".repeat(EventFile.LONGEST_LINE + 1) + "\n" + GOOD + "\n");

    assertThat(content.problems())
        .containsExactly(
            new EventFile.Problem(1, "is longer than " + EventFile.LONGEST_LINE + " bytes"));
    assertThat(content.events()).hasSize(1);
  }

  @Test
  void whatIsNotUtf8IsRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(GOOD.getBytes(StandardCharsets.UTF_8));
    bytes.write('\n');
    bytes.writeBytes(GOOD.replace("e1", "é").getBytes(StandardCharsets.ISO_8859_1));

    EventFile.Content content = read(bytes.toByteArray());

    assertThat(content.problems()).containsExactly(new EventFile.Problem(2, "is not UTF-8"));
  }

  @Test
  void aReasonIsShortAndDoesNotMoveTheCursor() throws IOException {
    String hostile = "\\u001b[2J\\u0009" + "y".repeat(10_000);

    EventFile.Content content =
        read(
            GOOD.replace("e1", hostile)
                + "\n"
                + "{\""
                + hostile
                + "\":1,\""
                + hostile
                + "\":2}\n"
                + "z".repeat(10_000)
                + "\n");

    assertThat(content.problems()).extracting(EventFile.Problem::line).containsExactly(1L, 2L, 3L);
    assertThat(content.problems())
        .extracting(EventFile.Problem::reason)
        .allSatisfy(
            reason -> assertThat(reason).hasSizeLessThan(700).doesNotContain("\u001b", "\t"));
  }
}
