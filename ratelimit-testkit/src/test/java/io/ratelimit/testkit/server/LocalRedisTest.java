package io.ratelimit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalRedisTest {

  /** A program that starts a server and ends without closing it. */
  static final class Careless {
    public static void main(String[] args) {
      LocalRedis redis = LocalRedis.start();
      System.out.println(redis.process().pid() + " " + redis.directory());
    }
  }

  @Test
  void itAnswersUntilItIsClosedAndLeavesNothing() throws IOException {
    LocalRedis redis = LocalRedis.start();
    assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());
    assertThat(RedisLine.ask(redis, "SET key value")).isEqualTo("+OK");
    assertThat(RedisLine.ask(redis, "DBSIZE")).isEqualTo(":1");
    redis.close();
    redis.close();

    assertThat(redis.process().isAlive()).isFalse();
    assertThat(redis.directory()).doesNotExist();
    assertThat(Loopback.isFree(redis.port())).isTrue();
  }

  @Test
  void aPortThatAnotherServerTookMeanwhileIsReplaced() throws IOException {
    try (LocalRedis other = LocalRedis.start()) {
      int free = Loopback.freePort();
      Iterator<Integer> ports = List.of(other.port(), free).iterator();
      try (LocalRedis redis =
          ServerProcess.startOnFreePort(ports::next, port -> LocalRedis.startAt(port))) {
        assertThat(redis.port()).isEqualTo(free);
        assertThat(RedisLine.ask(redis, "SET key value")).isEqualTo("+OK");
        assertThat(RedisLine.ask(other, "DBSIZE")).isEqualTo(":0");
      }
    }
  }

  @Test
  void aServerThatEndsOnEachPortIsTold() {
    try (LocalRedis other = LocalRedis.start()) {
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  ServerProcess.startOnFreePort(other::port, port -> LocalRedis.startAt(port))
                      .close())
          .withMessageContaining("ended with status 1");
    }
  }

  @Test
  void itEndsWithTheJvm() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Careless.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String[] said = jvm.inputReader().readLine().split(" ", 2);
    assertThat(jvm.waitFor()).isZero();

    assertThat(ProcessHandle.of(Long.parseLong(said[0])).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(Path.of(said[1])).doesNotExist();
  }

  @Test
  void aCrashLosesWhatIsNotOnDisk() throws IOException {
    try (LocalRedis redis = LocalRedis.start()) {
      int port = redis.port();
      RedisLine.ask(redis, "SET key value");
      redis.kill();
      assertThat(redis.process().isAlive()).isFalse();
      redis.startAgain();

      assertThat(redis.port()).isEqualTo(port);
      assertThat(RedisLine.ask(redis, "DBSIZE")).isEqualTo(":0");
    }
  }

  @Test
  void settingsWinAndOutliveARestart() throws IOException {
    try (LocalRedis redis = LocalRedis.start("appendonly yes", "appendfsync always")) {
      RedisLine.ask(redis, "SET key value");
      redis.kill();
      redis.startAgain();

      assertThat(RedisLine.ask(redis, "DBSIZE")).isEqualTo(":1");
    }
  }

  @Test
  void anOperatorsStopSaves() throws IOException {
    try (LocalRedis redis = LocalRedis.start("save 3600 1")) {
      RedisLine.ask(redis, "SET key value");
      redis.stop();
      assertThat(redis.directory().resolve("dump.rdb")).exists();
      redis.startAgain();

      assertThat(RedisLine.ask(redis, "DBSIZE")).isEqualTo(":1");
    }
  }

  @Test
  void suspendedItKeepsConnectionsAndAnswersLater() throws IOException {
    try (LocalRedis redis = LocalRedis.start();
        RedisLine line = new RedisLine(redis)) {
      redis.suspend();
      line.send("PING");
      assertThatThrownBy(() -> line.answer(Duration.ofMillis(100)))
          .isInstanceOf(SocketTimeoutException.class);
      redis.resume();

      assertThat(line.answer(Duration.ofSeconds(20))).isEqualTo("+PONG");
    }
  }

  @Test
  void suspendedItCanBeClosed() {
    LocalRedis redis = LocalRedis.start();
    redis.suspend();
    redis.close();

    assertThat(redis.process().isAlive()).isFalse();
  }

  @Test
  void aPasswordIsNoObstacle() throws IOException {
    try (LocalRedis redis = LocalRedis.start("requirepass secret")) {
      assertThat(RedisLine.ask(redis, "PING")).startsWith("-NOAUTH");
    }
  }

  @Test
  void aSentinelKnowsItsMaster() {
    try (LocalRedis master = LocalRedis.start();
        LocalRedis sentinel = LocalRedis.startSentinel("audits", master)) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> RedisLine.ask(sentinel, "SENTINEL CKQUORUM audits").startsWith("+OK 1"));
      assertThat(sentinel.port()).isNotEqualTo(master.port());
    }
  }

  @Test
  void whatItSaysOfAWrongSettingIsSaid() {
    assertThatIllegalStateException()
        .isThrownBy(() -> LocalRedis.start("no-such-setting 1"))
        .withMessageContaining("ended with status 1")
        .withMessageContaining("no-such-setting");
  }

  @Test
  void oneThatRunsIsNotStartedAgain() {
    try (LocalRedis redis = LocalRedis.start()) {
      assertThatIllegalStateException()
          .isThrownBy(redis::startAgain)
          .withMessageContaining("still runs: stop or kill it first");
      assertThat(Files.isDirectory(redis.directory())).isTrue();
    }
  }

  @Test
  void whatHasEndedIsNotSuspended() {
    try (LocalRedis redis = LocalRedis.start()) {
      redis.kill();
      assertThatIllegalStateException()
          .isThrownBy(redis::suspend)
          .withMessage("kill -STOP " + redis.process().pid() + " ended with 1");
    }
  }
}
