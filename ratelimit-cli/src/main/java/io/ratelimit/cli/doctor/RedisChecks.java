package io.ratelimit.cli.doctor;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.ratelimit.cli.option.RedisAddress;
import io.ratelimit.cli.option.RedisOptions;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.core.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Checks a Redis server as a queue would use it. Changes nothing. */
final class RedisChecks {

  private static final String SUBJECT = "Redis";
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Pattern TOO_OLD = Pattern.compile("([0-5]|6\\.[01])(\\..*)?");
  private static final int PINGS = 21;
  private static final Duration SLOW = Duration.ofMillis(20);
  private static final Duration LARGE_SKEW = Duration.ofSeconds(1);

  private final String shownUri;
  private final RedisAddress address;
  private final String metaKey;
  private final List<Finding> findings = new ArrayList<>();
  private boolean usable;
  private boolean queueExists;

  private RedisChecks(RedisOptions options) {
    this.shownUri = options.shownUri();
    this.address = options.address();
    String[] names = options.namespace().split("/", 2);
    this.metaKey =
        names.length == 1 ? "{" + names[0] + "}:meta" : "{" + names[0] + "}/" + names[1] + "/meta";
  }

  /** Runs the checks. */
  static RedisChecks of(RedisOptions options) {
    RedisChecks checks = new RedisChecks(options);
    checks.run();
    return checks;
  }

  List<Finding> findings() {
    return findings;
  }

  /** Returns whether a queue can work with this server. */
  boolean usable() {
    return usable;
  }

  /** Returns whether the namespace has been used before. */
  boolean queueExists() {
    return queueExists;
  }

  private void run() {
    RedisURI uri;
    try {
      uri = address.isCluster() ? master() : address.uri();
    } catch (RedisException failure) {
      findings.add(refusal(failure));
      return;
    }
    uri.setTimeout(PATIENCE);
    RedisClient client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false)
            .socketOptions(SocketOptions.builder().connectTimeout(PATIENCE).build())
            .build());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      look(connection.sync());
    } catch (RedisException failure) {
      findings.add(refusal(failure));
    } finally {
      client.shutdown(Duration.ZERO, PATIENCE);
    }
  }

  /** Returns the node of a cluster that holds the queue's keys. */
  private RedisURI master() {
    address.nodes().forEach(node -> node.setTimeout(PATIENCE));
    RedisClusterClient cluster = RedisClusterClient.create(address.nodes());
    try {
      RedisClusterNode node = cluster.getPartitions().getMasterBySlot(SlotHash.getSlot(metaKey));
      if (node == null) {
        throw new RedisException("no node of the cluster serves the queue's slot");
      }
      return node.getUri();
    } finally {
      cluster.shutdown(Duration.ZERO, PATIENCE);
    }
  }

  private Finding refusal(RedisException failure) {
    String reason = Causes.told(failure);
    boolean credentials =
        reason.contains("WRONGPASS") || reason.contains("NOAUTH") || reason.contains("NOPERM");
    return Finding.fail(
        SUBJECT,
        shownUri + " cannot be used: " + reason,
        credentials
            ? "check user and password in --redis or RATELIMIT_REDIS_URL, and the user's"
                + " permissions"
            : "start it, or set its address with --redis or RATELIMIT_REDIS_URL");
  }

  private void look(RedisCommands<String, String> redis) {
    Map<String, String> info = info(redis.info());
    findings.add(version(info));
    findings.add(scripts(redis));
    findings.add(latency(redis));
    findings.add(clock(redis));
    findings.add(eviction(info));
    findings.add(persistence(redis, info));
    // Not EXISTS, which users of Redis need not be allowed to call.
    queueExists = redis.hlen(metaKey) > 0;
    usable = findings.stream().noneMatch(found -> found.status() == Finding.Status.FAIL);
  }

  private static Map<String, String> info(String text) {
    Map<String, String> info = new TreeMap<>();
    text.lines()
        .map(line -> line.split(":", 2))
        .filter(parts -> parts.length == 2)
        .forEach(parts -> info.put(parts[0], parts[1].strip()));
    return info;
  }

  private Finding version(Map<String, String> info) {
    String version = info.getOrDefault("redis_version", "unknown");
    String finding = shownUri + ", version " + version + ", " + info.getOrDefault("role", "?");
    if ("slave".equals(info.get("role"))) {
      return Finding.fail(SUBJECT, finding, "this is a replica; name its master, or use Sentinel");
    }
    return TOO_OLD.matcher(version).matches()
        ? Finding.fail(SUBJECT, finding, "update it to 6.2 or newer")
        : Finding.ok(SUBJECT, finding);
  }

  private static Finding scripts(RedisCommands<String, String> redis) {
    String subject = "Scripts";
    try {
      redis.<Long>eval("return 1", ScriptOutputType.INTEGER);
      return Finding.ok(subject, "run");
    } catch (RedisCommandExecutionException refused) {
      return Finding.fail(
          subject,
          "are refused: " + refused.getMessage(),
          "allow EVAL and EVALSHA: every step of the queue is a script");
    }
  }

  private static Finding latency(RedisCommands<String, String> redis) {
    long[] nanos = new long[PINGS];
    for (int i = 0; i < PINGS; i++) {
      Instant start = Time.system().now();
      redis.ping();
      nanos[i] = Duration.between(start, Time.system().now()).toNanos();
    }
    Arrays.sort(nanos);
    Duration median = Duration.ofNanos(nanos[PINGS / 2]);
    String finding =
        "median "
            + Texts.duration(median)
            + ", worst of "
            + PINGS
            + " "
            + Texts.duration(Duration.ofNanos(nanos[PINGS - 1]));
    return median.compareTo(SLOW) > 0
        ? Finding.warn("Latency", finding, "every take and every settlement waits this long")
        : Finding.ok("Latency", finding);
  }

  private static Finding clock(RedisCommands<String, String> redis) {
    Instant before = Time.system().now();
    List<String> time = redis.time();
    Instant after = Time.system().now();
    Instant theirs =
        Instant.ofEpochSecond(Long.parseLong(time.get(0)), Long.parseLong(time.get(1)) * 1_000);
    Duration skew = Duration.ZERO;
    if (theirs.isBefore(before)) {
      skew = Duration.between(theirs, before);
    } else if (theirs.isAfter(after)) {
      skew = Duration.between(after, theirs);
    }
    String finding = "differs from this machine's by " + Texts.duration(skew);
    return skew.compareTo(LARGE_SKEW) > 0
        ? Finding.warn(
            "Clock",
            finding,
            "the limit still holds, because it uses only the clock of Redis; but times"
                + " in logs differ")
        : Finding.ok("Clock", finding);
  }

  private static Finding eviction(Map<String, String> info) {
    String policy = info.getOrDefault("maxmemory_policy", "unknown");
    // The queue's keys have no time to live, so the volatile policies leave them alone.
    return policy.equals("noeviction") || policy.startsWith("volatile-")
        ? Finding.ok("Eviction", policy)
        : Finding.warn(
            "Eviction",
            policy,
            "when memory is short, Redis may discard events and the record of starts;"
                + " set maxmemory-policy noeviction");
  }

  private static Finding persistence(
      RedisCommands<String, String> redis, Map<String, String> info) {
    String subject = "Persistence";
    if ("1".equals(info.get("aof_enabled"))) {
      return Finding.ok(subject, "append-only file");
    }
    String save;
    try {
      save = redis.configGet("save").getOrDefault("save", "");
    } catch (RedisCommandExecutionException notAllowed) {
      return Finding.warn(
          subject,
          "no append-only file; the user may not read whether there are snapshots",
          "with appendonly yes a restart loses no events");
    }
    return save.isBlank()
        ? Finding.warn(
            subject,
            "off",
            "a restart of Redis loses all events; set appendonly yes. The limit holds"
                + " as long as a worker that remembers it is running")
        : Finding.warn(
            subject,
            "snapshots only (" + save + ")",
            "a crash of Redis loses the events since the last snapshot; set appendonly yes");
  }
}
