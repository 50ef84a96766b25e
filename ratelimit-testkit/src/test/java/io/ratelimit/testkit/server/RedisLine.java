package io.ratelimit.testkit.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;

/** A connection to Redis for commands and answers of a single line. */
final class RedisLine implements AutoCloseable {

  private final Socket socket = new Socket();
  private final BufferedReader answers;

  RedisLine(LocalRedis redis) throws IOException {
    socket.connect(Loopback.at(redis.port()));
    answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
  }

  /** Sends a command on a connection of its own, and returns the first line of the answer. */
  static String ask(LocalRedis redis, String command) throws IOException {
    try (RedisLine line = new RedisLine(redis)) {
      line.send(command);
      return line.answer(Duration.ofSeconds(20));
    }
  }

  void send(String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
  }

  String answer(Duration patience) throws IOException {
    socket.setSoTimeout((int) patience.toMillis());
    return answers.readLine();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
