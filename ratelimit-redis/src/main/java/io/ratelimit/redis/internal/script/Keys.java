package io.ratelimit.redis.internal.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.cluster.SlotHash;
import io.ratelimit.core.internal.check.Printable;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names that a namespace has in Redis, all in one hash slot. */
public final class Keys {

  private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_.:-]{1,100}");

  /** What a key looks like under which a namespace has its state, as Redis matches keys. */
  public static final String STATE_PATTERN = "{*}:meta";

  private final String namespace;
  private final String prefix;
  private final Map<Script, byte[][]> byScript = new EnumMap<>(Script.class);

  public Keys(String namespace) {
    if (!NAMESPACE.matcher(namespace).matches()) {
      throw new IllegalArgumentException(
          "a namespace is 1 to 100 characters out of A-Z a-z 0-9 _ . : - but this is "
              + Printable.quoted(namespace));
    }
    this.namespace = namespace;
    this.prefix = "{" + namespace + "}:";
    for (Script script : Script.values()) {
      byScript.put(script, script.keys().stream().map(this::named).toArray(byte[][]::new));
    }
  }

  /** The namespace whose state lies at a key, if one does. */
  public static Optional<String> namespaceOf(String key) {
    if (!key.startsWith("{") || !key.endsWith("}:meta")) {
      return Optional.empty();
    }
    return Optional.of(key.substring(1, key.length() - "}:meta".length()))
        .filter(name -> NAMESPACE.matcher(name).matches());
  }

  public String namespace() {
    return namespace;
  }

  /** The keys of a script, in the order of its header. */
  public byte[][] of(Script script) {
    return byScript.getOrDefault(script, new byte[0][]).clone();
  }

  byte[] named(String name) {
    return (prefix + name).getBytes(UTF_8);
  }

  /** The slot of a cluster that all of them are in. */
  public int slot() {
    return SlotHash.getSlot(channel());
  }

  /** Where clients tell each other of changes. */
  public byte[] channel() {
    return named("changes");
  }
}
