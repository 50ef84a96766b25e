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
 * A Redis server of our own, on this machine's loopback address, which keeps nothing on disk. It
 * wants a password that nobody else knows, and has no command by which a client could write files,
 * load code or lead it elsewhere. It ends when this is closed, and with this program at the latest.
 */
public final class EmbeddedRedis implements AutoCloseable {

  private static final int SECRET_BYTES = 32;
  private static final int ANSWER_MILLIS = 1_000;

  /** What reads or writes files, loads code, stops the server, or has it follow another. */
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
   * Starts one on a free port, and waits until it answers.
   *
   * @throws IOException if the machine cannot run it
   */
  public static EmbeddedRedis start() throws IOException, InterruptedException {
    return start(FreePorts.ANY);
  }

  /** The same on ports from elsewhere: where one is taken by then, on another. */
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

  /** Not as arguments, which every user of this machine can read. */
  private static Path write(Path folder, List<String> settings) throws IOException {
    return Files.write(folder.resolve("redis.conf"), settings);
  }

  /** Returns whether it is this one that answers: no other knows the password. */
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

  /** Returns how a client reaches it, the password included: nothing to be shown. */
  public String uri() {
    return "redis://:" + password + "@" + shown();
  }

  /** Returns where it is, for a person. */
  public String shown() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.close();
  }
}
