package io.ratelimit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake gets one line with the option, the value and the rule, and nothing else happens. */
class BadInputTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          plan --limit 0/m | '--limit' ([NAME=]RATE[,RATE]…): "0/m": permits must be 1 to 1000000 but are 0
          plan --limit 5/0s | '--limit' ([NAME=]RATE[,RATE]…): "5/0s": period must be PT0.001S to PT744H but is PT0S
          plan --limit 20 | '--limit' ([NAME=]RATE[,RATE]…): a rate limit must look like 20/m, 5/s or 100/30s burst 5 margin 1s (units us, ms, s, m, h, d; burst and margin are optional) but is "20"
          plan --limit -1/m | '--limit' ([NAME=]RATE[,RATE]…): a rate limit must look like 20/m, 5/s or 100/30s burst 5 margin 1s (units us, ms, s, m, h, d; burst and margin are optional) but is "-1/m"
          plan --emergency-limit 10/m | --emergency-limit 10/min must be at least as fast as --limit 20/min; raise it, or set it to none
          plan --emergency-limit often | '--emergency-limit': a rate limit must look like
          plan --events 0 | '--events': must be a whole number from 1 to 1000000 but is "0"
          plan --events -5 | '--events': must be a whole number from 1 to 1000000 but is "-5"
          plan --events 1000000000000 | '--events': must be a whole number from 1 to 1000000 but is "1000000000000"
          plan --events 1.5 | '--events': must be a whole number from 1 to 1000000 but is "1.5"
          plan --events lots | '--events': must be a whole number from 1 to 1000000 but is "lots"
          plan --deadline -3m | '--deadline': must be more than 0 s and at most 31 days but is "-3m"
          plan --deadline 0s | '--deadline': must be more than 0 s and at most 31 days but is "0s"
          plan --deadline 99d | '--deadline': must be more than 0 s and at most 31 days but is "99d"
          plan --deadline soon | '--deadline'
          plan --deadline 5s | --deadline 5 s must be at least as long as one event takes, 8 s for REBALANCE_NEEDED; raise it
          plan --processing-time -1s | '--processing-time': must be more than 0 s and at most 24 h but is "-1s"
          plan --min-workers 0 | '--min-workers': must be a whole number from 1 to
          plan --min-workers 5 --max-workers 2 | --min-workers 5 must not be more than --max-workers 2
          plan --max-workers -1 | '--max-workers': must be a whole number from 1 to
          plan --failure-rate NaN | '--failure-rate': must be a share from 0 to 1, like 0.05 or 5%, but is "NaN"
          plan --failure-rate 1.01 | '--failure-rate': must be a share from 0 to 1, like 0.05 or 5%, but is "1.01"
          plan --slow-rate -10% | '--slow-rate': must be a share from 0 to 1, like 0.05 or 5%, but is "-10%"
          plan --slow-factor 0.5 | '--slow-factor': must be a number from 1 to 1000 but is "0.5"
          plan --slow-factor Infinity | '--slow-factor': must be a number from 1 to 1000 but is "Infinity"
          plan --retries -1 | '--retries': must be a whole number from 0 to 1000 but is "-1"
          plan --retries 1000 --failure-rate 1 --events 2000 | --failure-rate 1.0 and --retries 1000 make more than 1000000 attempts of 2000 events
          plan --type OPEN | '--type' (NAME=N[@TIME][*WEIGHT]): must look like OPEN_ORDER_DETECTED=40 or MY_TYPE=40@12s*3 but is "OPEN"
          plan --type a/b=3 | '--type' (NAME=N[@TIME][*WEIGHT]): an event type's name must be 1 to 64 characters from A-Z a-z 0-9 _ . - but is "a/b"
          plan --type A=3*0 | '--type' (NAME=N[@TIME][*WEIGHT]): must be a whole number from 1 to 1000000 but is "0"
          plan --type A=3*21 | --type A weighs 21 but the limit 20/min has 20 permits; lower the weight, or use the same rate over a longer period
          plan --type A=3*3 --emergency-limit 2/s | an event weighs 3 but --emergency-limit 2/s has 2 permits; use the same rate over a longer period
          plan --confidence 1 | '--confidence': must be a confidence from 50% to 99.999%, like 99.9% or 0.999, but is "1"
          plan --confidence 99.9 | '--confidence': must be a confidence from 50% to 99.999%, like 99.9% or 0.999, but is "99.9"
          plan --confidence sure | '--confidence': must be a confidence from 50% to 99.999%, like 99.9% or 0.999, but is "sure"
          plan --events 3 --type A=4 | --type lists 4 events but --events says that there are 3
          plan --events 3 --file x | --file already defines the events; leave out --events
          plan --seed x | '--seed': must be a whole number from
          simulate --runs 0 | '--runs': must be a whole number from 1 to 100000 but is "0"
          simulate --runs 100000 --events 1000 | --runs
          demo --speedup 0 | '--speedup': must be a number from 0.1 to 1000 but is "0"
          demo --speedup 1e9 | '--speedup': must be a number from 0.1 to 1000 but is "1e9"
          demo --file /no/such/file | --file /no/such/file does not exist
          demo --file / | --file / is a directory, not a file
          plan --limits 3 | unknown option "--limits"; did you mean --limit?
          plan --bogus | unknown option "--bogus"; see ratelimit plan --help
          plan extra | unexpected argument (not shown, as it may be a secret); see ratelimit plan --help
          plan --limit | option '--limit' ([NAME=]RATE[,RATE]…)
          """)
  void isRefusedInOneLineThatNamesOptionValueAndRule(String arguments, String reason) {
    String[] args = arguments.split(" ");

    CommandRun run = CommandRun.of(args);

    assertThat(run.errLines()).singleElement().asString().startsWith("ratelimit " + args[0] + ": ");
    assertThat(run.err()).contains(reason).doesNotContain("Exception");
    assertThat(run.out()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "frob", "Plan", "--frob"})
  void anUnknownOrMissingCommandIsAnsweredWithThoseThereAre(String arguments) {
    CommandRun run = CommandRun.of(arguments.isEmpty() ? new String[0] : new String[] {arguments});

    assertThat(run.errLines()).singleElement().asString().startsWith("ratelimit: ");
    assertThat(run.out()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(2);
    if (!arguments.startsWith("--")) {
      assertThat(run.err())
          .contains(
              "they are demo, plan, simulate, queue, limiter, system, worker, api, start, list");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--limit", "--deadline", "--events", "--seed", "--type", "--file", "--bad"})
  void isNeitherEchoedAtLengthNorLetToMoveTheCursor(String option) {
    String hostile = "\u001b[2J\n\tat x" + "y".repeat(100_000);

    CommandRun run = CommandRun.of("plan", option + "=" + hostile);

    assertThat(run.errLines()).singleElement().asString().contains(option).hasSizeLessThan(700);
    assertThat(run.err()).doesNotContain("\u001b", "\t");
    assertThat(run.exitCode()).isEqualTo(2);
  }
}
