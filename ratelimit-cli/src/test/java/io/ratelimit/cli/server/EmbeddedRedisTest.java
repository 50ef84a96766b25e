package io.ratelimit.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.ratelimit.cli.CommandProcess;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class EmbeddedRedisTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static String told(String uri, String command) {
    RedisClient client = RedisClient.create(uri);
    try (var connection = client.connect()) {
      RedisCommands<String, String> redis = connection.sync();
      String[] words = command.split(" ", -1);
      CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
      Stream.of(words).skip(1).forEach(arguments::add);
      return redis.dispatch(
          () -> words[0].getBytes(StandardCharsets.US_ASCII),
          new StatusOutput<>(StringCodec.UTF8),
          arguments);
    } catch (RedisConnectionException refused) {
      return String.valueOf(refused.getCause().getMessage());
    } catch (RedisCommandExecutionException refused) {
      return String.valueOf(refused.getMessage());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ZERO);
    }
  }

  private static Optional<ProcessHandle> process(ProcessHandle parent) {
    return parent.descendants().filter(EmbeddedRedisTest::isServer).findFirst();
  }

  /**
   * Returns whether a process is the server, and not the shell that watches it or the version
   * check.
   */
  private static boolean isServer(ProcessHandle process) {
    try {
      List<String> arguments = arguments(process);
      String program = Path.of(arguments.get(0)).getFileName().toString();
      return program.startsWith("redis-server") && !arguments.contains("--version");
    } catch (IOException gone) {
      return false;
    }
  }

  private static List<String> arguments(ProcessHandle process) throws IOException {
    String line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
    return List.of(line.split("\0", -1));
  }

  private static Path folder(ProcessHandle process) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"));
  }

  @Test
  void whoDoesNotKnowThePasswordMayDoNothing() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start()) {
      assertThat(told("redis://" + redis.shown(), "PING")).startsWith("NOAUTH");
      assertThat(told(redis.uri(), "PING")).isEqualTo("PONG");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CONFIG SET dir /tmp",
        "DEBUG SLEEP 0",
        "MODULE LIST",
        "SAVE",
        "BGSAVE",
        "BGREWRITEAOF",
        "REPLICAOF 127.0.0.1 1",
        "SLAVEOF 127.0.0.1 1",
        "MIGRATE 127.0.0.1 1 key 0 1",
        "SHUTDOWN NOSAVE",
        "ACL SETUSER default on nopass"
      })
  void evenWhoKnowsItCanNotLeadTheServerElsewhere(String command) throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start()) {
      assertThat(told(redis.uri(), command)).startsWith("ERR unknown command");
      assertThat(told(redis.uri(), "PING")).isEqualTo("PONG");
    }
  }

  @Test
  void thePasswordIsNeitherShownNorAnArgumentNorInAFileOfOthers() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start()) {
      String password = redis.uri().replaceAll("redis://:(.*)@.*", "$1");
      assertThat(password).hasSize(64);
      assertThat(redis.shown()).doesNotContain(password);

      ProcessHandle process = process(ProcessHandle.current()).orElseThrow();
      Stream<ProcessHandle> all = Stream.concat(Stream.of(process), process.descendants());
      for (ProcessHandle each : all.toList()) {
        assertThat(String.join(" ", arguments(each))).doesNotContain(password);
      }

      Path folder = folder(process);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo("rwx------");
      assertThat(folder.resolve("redis.conf")).content().contains(password);
    }
  }

  @Test
  void nothingIsLeftWhenItIsClosed() throws Exception {
    EmbeddedRedis redis = EmbeddedRedis.start();
    ProcessHandle process = process(ProcessHandle.current()).orElseThrow();
    Path folder = folder(process);

    redis.close();

    assertThat(process.isAlive()).isFalse();
    await().atMost(PATIENCE).until(() -> !Files.exists(folder));
  }

  @Test
  void itDoesNotOutliveAProgramThatIsKilled() throws Exception {
    Process system =
        CommandProcess.of("system", "--speedup", "1", "--rounds", "0")
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    ProcessHandle redis;
    Path folder;
    try {
      redis =
          await()
              .atMost(PATIENCE)
              .until(() -> process(system.toHandle()), Optional::isPresent)
              .orElseThrow();
      folder = folder(redis);
    } finally {
      system.destroyForcibly().waitFor();
    }

    await().atMost(PATIENCE).until(() -> !redis.isAlive());
    await().atMost(PATIENCE).until(() -> !Files.exists(folder));
  }

  @Test
  void aPortThatSomebodyElseTookIsFollowedByAnother() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int taken = other.getLocalPort();
      Iterator<Integer> ports = List.of(taken, taken, FreePorts.ANY.next()).iterator();

      try (EmbeddedRedis redis = EmbeddedRedis.start(ports::next)) {
        assertThat(redis.shown()).doesNotEndWith(":" + taken);
        assertThat(told(redis.uri(), "PING")).isEqualTo("PONG");
      }
      assertThat(ports).isExhausted();

      assertThatThrownBy(() -> EmbeddedRedis.start(() -> taken))
          .isInstanceOf(PortTakenException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64, true",
    "Redis server v=6.2.0 sha=00000000:0, true",
    "Valkey server v=8.1.1 sha=00000000:0, true",
    "Redis server v=6.0.16 sha=00000000:0, false",
    "Redis server v=5.0.14 sha=00000000:0, false",
    "sh: no such thing, false"
  })
  void onlyAProgramThatRunsTheScriptsIsUsed(String line, boolean newEnough) {
    assertThat(RedisProgram.isNewEnough(line)).isEqualTo(newEnough);
  }
}
