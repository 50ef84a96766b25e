package io.ratelimit.http.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.http.quota.RemoteQuota.Policy;
import io.ratelimit.http.quota.RemoteQuota.Remaining;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A ledger: fields as APIs send them, and their meaning. */
class RemoteQuotaTest {

  /** Years off the API's clock, which is the one that counts. */
  private static final Instant OUR_CLOCK = Instant.parse("2020-01-01T00:00:00Z");

  private static RemoteQuota quota(String... lines) {
    return RemoteQuota.of(Fields.of(lines), OUR_CLOCK);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seconds                               | 120                            | PT2M
          none at all                           | 0                              | PT0S
          decimals, which some send, go up      | 1.0001                         | PT1.001S
          blanks around                         |  7                             | PT7S
          a date is compared with theirs        | Sun, 06 Nov 1994 08:50:00 GMT  | PT23S
          the same as RFC 850 had it            | Sunday, 06-Nov-94 08:50:00 GMT | PT23S
          the same as asctime() has it          | Sun Nov  6 08:50:00 1994       | PT23S
          a date that is past                   | Sun, 06 Nov 1994 08:00:00 GMT  | PT0S
          a date far off counts as a week       | Sat, 06 Nov 2094 08:00:00 GMT  | PT168H
          ISO 8601                              | 1994-11-06T08:50:00Z           | PT23S
          the same elsewhere                    | 1994-11-06T09:50:00.5+01:00    | PT23.5S
          since 1970, in theirs                 | 1000000000                     | PT168H
          many seconds count as a week          | 604801                         | PT168H
          more seconds than a long holds        | 99999999999999999999999999     | PT168H
          """)
  void retryAfterIsUnderstood(String why, String value, Duration expected) {
    assertThat(quota("Date: " + Fields.DATE, "Retry-After: " + value).retryAfter())
        .as(why)
        .contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -1
          NaN
          1e9
          0x10
          ١٢
          Infinity
          5 s
          tomorrow
          Sun, 31 Feb 1994 08:50:00 GMT
          ''
          """)
  void retryAfterOfAnotherFormIsNotThere(String value) {
    assertThat(quota("Retry-After: " + value)).isEqualTo(RemoteQuota.NONE);
  }

  @Test
  void ofSeveralTimesTheLongestCounts() {
    assertThat(quota("Retry-After: 5", "Retry-After: 9", "Retry-After: x").retryAfter())
        .contains(Duration.ofSeconds(9));
  }

  @Test
  void withoutADateOfTheirsOurClockCounts() {
    assertThat(quota("Retry-After: Wed, 01 Jan 2020 00:00:05 GMT").retryAfter())
        .contains(Duration.ofSeconds(5));
  }

  private static Policy policy(String name, long requests, int seconds) {
    return new Policy(name, requests, Duration.ofSeconds(seconds));
  }

  @Test
  void policiesOfTheDraft() {
    assertThat(quota("RateLimit-Policy: \"default\";q=100;w=60").policies())
        .containsExactly(policy("default", 100, 60));
    assertThat(
            quota(
                    "RateLimit-Policy: \"burst\";q=100;w=60,\"day\";q=1000;w=86400",
                    "RateLimit-Policy: \"user\";q=5;w=1;pk=:cHsdsRa894==:;qu=\"requests\"")
                .policies())
        .containsExactly(
            policy("burst", 100, 60), policy("day", 1000, 86_400), policy("user", 5, 1));
  }

  @Test
  void policiesOfOlderRevisions() {
    assertThat(quota("RateLimit-Policy: 10;w=1, 50;w=60;comment=\"x\"").policies())
        .containsExactly(policy("", 10, 1), policy("", 50, 60));
    assertThat(quota("RateLimit-Policy: default;q=100;w=10").policies())
        .containsExactly(policy("default", 100, 10));
    assertThat(quota("RateLimit-Limit: 10, 10;w=1, 50;w=60").policies())
        .containsExactly(policy("", 10, 1), policy("", 50, 60));
    assertThat(quota("X-RateLimit-Limit: 100, 100;w=60").policies())
        .containsExactly(policy("", 100, 60));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no quota                           | "a";w=60
          no window, so nothing to pace      | "a";q=100
          nothing is no quota                | "a";q=0;w=60
          less than nothing                  | "a";q=-5;w=60
          no time at all                     | "a";q=5;w=0
          time goes forward                  | "a";q=5;w=-60
          numbers are whole                  | "a";q=5.5;w=60
          a number is no string              | "a";q="5";w=60
          more digits than may be            | "a";q=9999999999999999;w=60
          bytes are not requests             | "a";q=65535;qu="content-bytes";w=10
          nor are requests at once           | "a";q=5;qu="concurrent-requests";w=10
          a unit is a string                 | "a";q=5;qu=requests;w=10
          a list inside a list               | ("a" "b");q=5;w=60
          one bad end spoils a field         | "a";q=5;w=60,
          not ASCII                          | "ä";q=5;w=60
          not closed                         | "a;q=5;w=60
          nothing                            | ''
          """)
  void policiesOfAnotherFormAreNotThere(String why, String value) {
    assertThat(quota("RateLimit-Policy: " + value)).as(why).isEqualTo(RemoteQuota.NONE);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the draft's                      | RateLimit: "default";r=50;t=30                      | default | 50 | PT30S
          without a time                   | RateLimit: "default";r=50                           | default | 50 |
          a time that is none              | RateLimit: "default";r=50;t=-1                      | default | 50 |
          a time too long                  | RateLimit: "default";r=0;t=999999999                | default | 0  | PT168H
          of revision 7                    | RateLimit: limit=100, remaining=50, reset=5         |         | 50 | PT5S
          as separate fields               | RateLimit-Remaining: 5;RateLimit-Reset: 7           |         | 5  | PT7S
          without a standard               | X-RateLimit-Remaining: 5;X-RateLimit-Reset: 7       |         | 5  | PT7S
          decimals                         | X-RateLimit-Remaining: 5;X-RateLimit-Reset: 7.25    |         | 5  | PT7.25S
          since 1970, in theirs            | X-RateLimit-Remaining: 0;X-RateLimit-Reset: 1000000060 | | 0 | PT1M
          since 1970, in milliseconds      | X-RateLimit-Remaining: 0;X-RateLimit-Reset: 1000000060000 | | 0 | PT1M
          that is past                     | X-RateLimit-Remaining: 0;X-RateLimit-Reset: 1000000000 | | 0 | PT0S
          of Discord, without a clock      | X-RateLimit-Remaining: 0;X-RateLimit-Reset: 1000000099;X-RateLimit-Reset-After: 5.5 | | 0 | PT5.5S
          of Discord, which cannot be read | X-RateLimit-Remaining: 0;X-RateLimit-Reset: 1000000060;X-RateLimit-Reset-After: soon | | 0 | PT1M
          of X                             | X-Rate-Limit-Remaining: 3;X-Rate-Limit-Reset: 1000000005 | | 3 | PT5S
          of RapidAPI                      | X-RateLimit-Requests-Remaining: 0;X-RateLimit-Requests-Reset: 5 | | 0 | PT5S
          of Bybit                         | X-Bapi-Limit-Status: 0;X-Bapi-Limit-Reset-Timestamp: 1000000005000 | | 0 | PT5S
          of Bybit, with some left         | X-Bapi-Limit-Status: 9;X-Bapi-Limit-Reset-Timestamp: 999999999999 | | 9 | PT168H
          of KuCoin                        | gw-ratelimit-remaining: 0;gw-ratelimit-reset: 5000  | | 0 | PT5S
          as a date of ISO 8601            | X-RateLimit-Remaining: 0;X-RateLimit-Reset: 2001-09-09T01:46:45Z | | 0 | PT5S
          as a date of HTTP                | X-RateLimit-Remaining: 0;X-RateLimit-Reset: Sun, 09 Sep 2001 01:46:45 GMT | | 0 | PT5S
          no time                          | X-RateLimit-Remaining: 0;X-RateLimit-Reset: soon    |         | 0  |
          more than a long holds           | X-RateLimit-Remaining: 99999999999999999999;X-RateLimit-Reset: 1 | | 9223372036854775807 | PT1S
          """)
  void whatIsLeftIsUnderstood(
      String why, String lines, String name, long requests, Duration reset) {
    String[] split = lines.startsWith("RateLimit: ") ? new String[] {lines} : lines.split(";", -1);
    String[] dated = java.util.Arrays.copyOf(split, split.length + 1);
    dated[split.length] = "Date: Sun, 09 Sep 2001 01:46:40 GMT";

    assertThat(quota(dated).remaining())
        .as(why)
        .containsExactly(
            new Remaining(name == null ? "" : name, requests, Optional.ofNullable(reset)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          RateLimit: "default";t=30
          RateLimit: "default";r=-1;t=30
          RateLimit: "default";r=1.5;t=30
          RateLimit: 5;r=1;t=30
          RateLimit: remaining=-1, reset=5
          RateLimit: remaining
          RateLimit: ;;;
          X-RateLimit-Remaining: -1
          X-RateLimit-Remaining: NaN
          X-RateLimit-Remaining: many
          X-RateLimit-Reset: 30
          X-RateLimit-Remaining: 3, 5
          gw-ratelimit-remaining: 0.5
          X-Bapi-Limit-Status: -1
          """)
  void whatIsLeftInAnotherFormIsNotThere(String line) {
    assertThat(quota(line)).isEqualTo(RemoteQuota.NONE);
  }

  @Test
  void ofSeveralTheLeastIsLeftForTheLongest() {
    assertThat(
            quota(
                    "X-RateLimit-Remaining: 9",
                    "X-RateLimit-Remaining: 2",
                    "X-RateLimit-Reset: 3",
                    "X-RateLimit-Reset: 4")
                .remaining())
        .containsExactly(new Remaining("", 2, Optional.of(Duration.ofSeconds(4))));
  }

  @Test
  void whatACacheKeptSaysNothingButWhenToComeBack() {
    assertThat(
            quota(
                "Age: 5", "Retry-After: 3", "RateLimit: \"a\";r=0;t=9", "X-RateLimit-Remaining: 0"))
        .isEqualTo(new RemoteQuota(Optional.of(Duration.ofSeconds(3)), List.of(), List.of()));
  }

  @Test
  void nothingLeftHoldsForTheLongestTime() {
    assertThat(quota("RateLimit: \"a\";r=0;t=3, \"b\";r=0;t=7, \"c\";r=1;t=9").exhaustedFor())
        .contains(Duration.ofSeconds(7));
    assertThat(quota("RateLimit: \"a\";r=0, \"b\";r=0;t=0").exhaustedFor()).isEmpty();
  }

  @Test
  void aFieldThatSaysWhatIsUsedIsComparedWithALimitInWindowsOfTheClock() {
    QuotaReader reader = QuotaFields.used("X-Used", 60, Duration.ofMinutes(1));
    String date = "Date: Sun, 09 Sep 2001 01:46:40 GMT";

    RemoteQuota quota = reader.read(Fields.of("X-Used: 45", "X-Used: 44", date), OUR_CLOCK);
    assertThat(quota.policies()).containsExactly(policy("X-Used", 60, 60));
    assertThat(quota.remaining())
        .containsExactly(new Remaining("X-Used", 15, Optional.of(Duration.ofSeconds(20))));
    assertThat(reader.read(Fields.of("X-Used: 99", date), OUR_CLOCK).remaining())
        .containsExactly(new Remaining("X-Used", 0, Optional.of(Duration.ofSeconds(20))));
    assertThat(reader.read(Fields.of("X-Used: -1", date), OUR_CLOCK)).isEqualTo(RemoteQuota.NONE);
    assertThat(reader.read(Fields.of("X-Used: 99", "Age: 5"), OUR_CLOCK))
        .isEqualTo(RemoteQuota.NONE);
  }

  @Test
  void twoReadersSayWhatBothSayAndTheLaterTime() {
    RemoteQuota one = quota("Retry-After: 5", "X-RateLimit-Remaining: 1");
    RemoteQuota other = quota("Retry-After: 9", "RateLimit-Policy: 10;w=1");

    assertThat(one.and(other))
        .isEqualTo(
            new RemoteQuota(Optional.of(Duration.ofSeconds(9)), other.policies(), one.remaining()));
    assertThat(one.and(RemoteQuota.NONE)).isEqualTo(one);
  }
}
