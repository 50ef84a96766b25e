package io.ratelimit.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors as Redis 6.2 and 7 write them. */
class RefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          OOM         | OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:9.
          OOM         | ERR Error running script (call to f_6b): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.
          BUSY        | BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.
          LOADING     | LOADING Redis is loading the dataset in memory
          READONLY    | READONLY You can't write against a read only replica. script: 1f, on @user_script:9.
          READONLY    | ERR Error running script (call to f_6b): @user_script:1: @user_script: 1: READONLY You can't write against a read only replica.
          MASTERDOWN  | MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.
          CLUSTERDOWN | CLUSTERDOWN The cluster is down
          TRYAGAIN    | TRYAGAIN Multiple keys request during rehashing of slot
          MOVED       | MOVED 3999 127.0.0.1:6381
          ASK         | ASK 3999 127.0.0.1:6381
          NOREPLICAS  | NOREPLICAS Not enough good replicas to write.
          MISCONF     | MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.
          NOAUTH      | NOAUTH Authentication required.
          WRONGPASS   | WRONGPASS invalid username-password pair or user is disabled.
          NOPERM      | NOPERM this user has no permissions to run the 'evalsha' command
          NOPERM      | ERR The user executing the script can't run this command or subcommand script: 1f, on @user_script:9.
          DENIED      | DENIED Redis is running in protected mode because protected mode is enabled
          MAXCLIENTS  | ERR max number of clients reached
          KILLED      | ERR Error running script, Script killed by user with SCRIPT KILL.
          KILLED      | ERR Error running script (call to f_6b): @user_script:1: Script killed by user with SCRIPT KILL...
          """)
  void whatPassesIsKnown(Refusal refusal, String message) {
    assertThat(Refusal.of(message)).contains(refusal);
  }

  /** An error code in the middle of another message does not count. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ERR unknown command 'evalsha'",
        "ERR user_script:7: attempt to index a nil value, near 'READONLY' script: 1f",
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "CROSSSLOT Keys in request don't hash to the same slot",
        "BUSYGROUP Consumer Group name already exists",
        "FORMAT 9 is newer than 2",
        "NOSCRIPT No matching script.",
        ""
      })
  void whateverElseIsForGood(String message) {
    assertThat(Refusal.of(message)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void eachSaysWhatToDo(Refusal refusal) {
    assertThat(refusal.advice()).isNotBlank();
    assertThat(refusal.effect("an error", "perhaps")).isEqualTo("nothing was changed");
  }

  @Test
  void aUserWhoMayNotGoOnStopsAScriptInTheMiddle() {
    String message =
        "NOPERM this user has no permissions to run the 'zadd' command script: 1f, on @user_script:9.";

    assertThat(Refusal.NOPERM.effect(message, "the event may be pending"))
        .contains("the event may be pending");
  }
}
