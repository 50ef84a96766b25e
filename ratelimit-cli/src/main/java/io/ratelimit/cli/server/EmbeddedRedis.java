package io.ratelimit.cli.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Our own Redis server on the loopback address, with nothing on disk. It requires a password that
 * nobody else knows, and lacks all commands by which a client could write files, load code or
 * redirect it. It ends when this is closed, or with this program.
 */
public final class EmbeddedRedis implements AutoCloseable {

  private static final int SECRET_BYTES = 32;
  private static final int ANSWER_MILLIS = 1_000;

  /** Commands that read or write files, load code, stop the server, or make it follow another. */
  private static final List<String> DISABLED =
      List.of(
          "CONFIG",
          "DEBUG",
          "MODULE",
          "SAVE",
          "BGSAVE",
          "BGREWRITEAOF",
          "REPLICAOF",
          "SLAVEOF",
          "SYNC",
          "PSYNC",
          "MIGRATE",
          "MONITOR",
          "SHUTDOWN",
          "ACL");

  private final OwnProcess process;
  private final int port;
  private final String password;

  private EmbeddedRedis(OwnProcess process, int port, String password) {
    this.process = process;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts a server on a free port, and waits until it answers.
   *
   * @throws IOException if the machine cannot run it
   */
  public static EmbeddedRedis start() throws IOException, InterruptedException {
    return start(FreePorts.ANY);
  }

  /** Starts a server on given ports; if one is taken by then, tries another. */
  static EmbeddedRedis start(FreePorts ports) throws IOException, InterruptedException {
    return ports.tried(() -> startAt(ports.next()));
  }

  private static EmbeddedRedis startAt(int port) throws IOException, InterruptedException {
    String password = newPassword();
    OwnProcess process =
        OwnProcess.start(
            folder ->
                List.of(
                    RedisProgram.find(folder), write(folder, settings(port, password)).toString()));
    EmbeddedRedis redis = new EmbeddedRedis(process, port, password);
    try {
      process.awaitAnswer("a Redis server of our own", redis::answers);
      return redis;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      redis.close();
      throw failure;
    }
  }

  private static String newPassword() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static List<String> settings(int port, String password) {
    List<String> lines = new ArrayList<>();
    lines.addAll(List.of("port " + port, "bind 127.0.0.1", "protected-mode yes"));
    lines.add("requirepass " + password);
    lines.addAll(List.of("save \"\"", "appendonly no"));
    DISABLED.forEach(command -> lines.add("rename-command " + command + " \"\""));
    return lines;
  }

  /** Writes the settings to a file: every user of the machine can read arguments. */
  private static Path write(Path folder, List<String> settings) throws IOException {
    return Files.write(folder.resolve("redis.conf"), settings);
  }

  /** Returns whether this server answers: no other knows the password. */
  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write(("AUTH " + password + "\r\n").getBytes(US_ASCII));
      String answer =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
      return "+OK".equals(answer) && process.isAlive();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Returns the URI for clients, including the password: never show it. */
  public String uri() {
    return "redis://:" + password + "@" + shown();
  }

  /** Returns its location, for people. */
  public String shown() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.close();
  }
}
