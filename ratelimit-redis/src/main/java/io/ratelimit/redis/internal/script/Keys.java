package io.ratelimit.redis.internal.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.cluster.SlotHash;
import io.ratelimit.core.internal.check.Printable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of a namespace in Redis, all in one hash slot: {@code {queue}:name}, or {@code
 * {scope}/queue/name} for a queue of a scope. Keys that the queues of a scope share are {@code
 * {scope}/name}. The forms cannot collide, because names of queues and scopes contain no slash.
 */
public final class Keys {

  private static final String NAME = "[A-Za-z0-9_.:-]{1,100}";
  private static final Pattern NAMESPACE =
      Pattern.compile("(?:(?<scope>" + NAME + ")/)?(?<queue>" + NAME + ")");
  private static final Pattern STATE =
      Pattern.compile("\\{(?<first>" + NAME + ")}(?::|/(?<second>" + NAME + ")/)meta");

  /** The keys that belong to the scope; without a scope, they belong to the queue. */
  private static final Set<String> SHARED = Set.of("limits", "limits:starts", "limits:held");

  /** The key with the scope's own state; without a scope, it is in the queue's {@code meta}. */
  private static final String SCOPE = "scope";

  private static final String META = "meta";
  private static final String CHANNEL = "changes";

  /** The pattern of keys that hold the state of a namespace, as Redis matches keys. */
  public static final String STATE_PATTERN = "{*}*" + META;

  private final String namespace;
  private final String prefix;
  private final Optional<String> sharedPrefix;
  private final Map<Script, byte[][]> byScript = new EnumMap<>(Script.class);

  public Keys(String namespace) {
    Matcher matcher = NAMESPACE.matcher(namespace);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a namespace must be 1 to 100 characters from A-Z a-z 0-9 _ . : - or two"
              + " such names, scope/queue, but is "
              + Printable.quoted(namespace));
    }
    this.namespace = namespace;
    Optional<String> scope = Optional.ofNullable(matcher.group("scope"));
    String queue = matcher.group("queue");
    this.sharedPrefix = scope.map(name -> "{" + name + "}/");
    this.prefix = sharedPrefix.map(shared -> shared + queue + "/").orElse("{" + queue + "}:");
    for (Script script : Script.values()) {
      byScript.put(script, script.keys().stream().map(this::named).toArray(byte[][]::new));
    }
  }

  /** Returns the namespace whose state is stored at a key, if any. */
  public static Optional<String> namespaceOf(String key) {
    Matcher matcher = STATE.matcher(key);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String second = matcher.group("second");
    return Optional.of(matcher.group("first") + (second == null ? "" : "/" + second));
  }

  public String namespace() {
    return namespace;
  }

  /** Returns the keys of a script, in the order of its header. */
  public byte[][] of(Script script) {
    return byScript.getOrDefault(script, new byte[0][]).clone();
  }

  byte[] named(String name) {
    if (name.equals(SCOPE)) {
      return (sharedPrefix.orElse(prefix) + META).getBytes(UTF_8);
    }
    return (SHARED.contains(name) ? sharedPrefix.orElse(prefix) + name : prefix + name)
        .getBytes(UTF_8);
  }

  /** Returns the cluster slot of all keys. */
  public int slot() {
    return SlotHash.getSlot(channel());
  }

  /** Returns the channel on which clients of the queue announce changes. */
  public byte[] channel() {
    return named(CHANNEL);
  }

  /** Returns the channels to listen on: the queue's, and the scope's if there is one. */
  public List<byte[]> channels() {
    return sharedPrefix
        .map(shared -> List.of(channel(), (shared + CHANNEL).getBytes(UTF_8)))
        .orElseGet(() -> List.of(channel()));
  }
}
