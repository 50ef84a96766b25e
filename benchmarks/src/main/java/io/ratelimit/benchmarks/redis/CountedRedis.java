package io.ratelimit.benchmarks.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Redis server under {@code valgrind --tool=callgrind}, which counts its instructions
 * independently of other load on the machine. It is about fifty times slower.
 */
final class CountedRedis implements AutoCloseable {

  private static final String PROGRAM = "valgrind";
  private static final String CONTROL = "callgrind_control";
  private static final String SERVER = "redis-server";
  private static final String COUNTS = "counts";
  private static final int PATIENCE_SECONDS = 60;
  private static final Pattern TOTAL = Pattern.compile("(?m)^(?:summary|totals): (\\d+)");

  private final Process process;
  private final Path folder;
  private final int port;

  private CountedRedis(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /** Returns why counting is impossible, if it is. */
  static Optional<String> obstacle() {
    for (String program : List.of(PROGRAM, CONTROL, SERVER)) {
      if (!Programs.canRun(program)) {
        return Optional.of(
            "Instructions are left out: there is no \"" + program + "\" on the path.");
      }
    }
    return Optional.empty();
  }

  /** Starts a server on a free port of the loopback address, and waits until it answers. */
  static CountedRedis start() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("ratelimit-counted");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<String> command =
        List.of(
            PROGRAM,
            "--tool=callgrind",
            "--callgrind-out-file=" + folder.resolve(COUNTS),
            SERVER,
            "--port",
            Integer.toString(port),
            "--bind",
            "127.0.0.1",
            "--dir",
            folder.toString(),
            "--save",
            "",
            "--appendonly",
            "no");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    CountedRedis redis = new CountedRedis(process, folder, port);
    redis.awaitAnswer();
    return redis;
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!ping()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        close();
        throw new IOException("redis-server does not run under " + PROGRAM);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Returns whether it answers; a requested dump is written only when the server works again. */
  private boolean ping() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      socket.setSoTimeout(PATIENCE_SECONDS * 1_000);
      socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
      return socket.getInputStream().read() == '+';
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Returns the number of instructions executed since the last call. */
  long instructions() throws IOException, InterruptedException {
    forget();
    Process control =
        new ProcessBuilder(CONTROL, "--dump", Long.toString(process.pid()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      // The server writes the dump only while it works.
      boolean unusedAnswer = ping();
      Optional<Long> total = total();
      if (total.isPresent()) {
        boolean unusedEnd = control.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return total.get();
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new IOException(CONTROL + " told nothing");
  }

  private Optional<Long> total() throws IOException {
    for (Path file : dumps()) {
      Matcher total = TOTAL.matcher(Files.readString(file));
      if (total.find()) {
        return Optional.of(Long.parseLong(total.group(1)));
      }
    }
    return Optional.empty();
  }

  private List<Path> dumps() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().matches("counts\\.\\d+")).toList();
    }
  }

  private void forget() throws IOException {
    for (Path file : dumps()) {
      Files.delete(file);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
