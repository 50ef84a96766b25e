package io.ratelimit.redis.internal.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A Lua script: one operation on the queue. Its file's header says which keys and arguments it
 * takes; the keys are passed as the header lists them.
 */
@SuppressWarnings("ImmutableEnumChecker") // Filled once, and never changed.
public enum Script {
  ACK,
  ACQUIRE,
  CANCEL,
  CHANGE_LIMIT,
  CLEAR,
  CORRECT,
  DONE,
  EVICTION,
  EXTEND,
  FAIL,
  FAILED_LATEST,
  FAILED_PAGE,
  KEYS,
  LEASES,
  LIMITS,
  PEEK,
  PUBLISH,
  PURGE,
  REDRIVE,
  RELEASE,
  REMOVE,
  REPRIORITIZE,
  RETRY,
  ROUNDS,
  ROUND_APPEND,
  SETTINGS,
  STATS,
  TAKE;

  private static final String FILES = "/io/ratelimit/redis/lua/";
  private static final String INCLUDE = "-- @include ";

  private final byte[] text;
  private final String digest;
  private final List<String> keys;
  private final List<String> arguments;

  Script() {
    String own = read(fileName());
    this.keys = header(own, "KEYS");
    this.arguments = header(own, "ARGV");
    this.text = spliced(own).getBytes(StandardCharsets.UTF_8);
    this.digest = sha1(text);
  }

  String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".lua";
  }

  /** Returns the source with its includes. */
  public byte[] text() {
    return text.clone();
  }

  /** Returns the digest by which Redis knows the source. */
  public String digest() {
    return digest;
  }

  /** Returns the names of the keys that it may touch. */
  List<String> keys() {
    return keys;
  }

  /** Returns the names of its arguments; a name in brackets is a repeated group. */
  public List<String> arguments() {
    return arguments;
  }

  public boolean accepts(int argumentCount) {
    long fixed = arguments.stream().takeWhile(argument -> !argument.startsWith("[")).count();
    return fixed == arguments.size() ? argumentCount == fixed : argumentCount >= fixed;
  }

  private static List<String> header(String source, String label) {
    String prefix = "-- " + label;
    return source
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> words(line.substring(prefix.length())))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a script lacks its header line " + label));
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
  }

  private static String spliced(String source) {
    StringBuilder text = new StringBuilder();
    source
        .lines()
        .forEach(
            line ->
                text.append(
                        line.startsWith(INCLUDE)
                            ? read("include/" + line.substring(INCLUDE.length()) + ".lua")
                            : line)
                    .append('\n'));
    return text.toString();
  }

  private static String read(String file) {
    try (InputStream in = Script.class.getResourceAsStream(FILES + file)) {
      if (in == null) {
        throw new IllegalStateException("the class path lacks the script " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-1", e);
    }
  }
}
