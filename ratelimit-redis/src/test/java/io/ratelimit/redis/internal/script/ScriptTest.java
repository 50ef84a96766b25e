package io.ratelimit.redis.internal.script;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.redis.TestClients;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A script does what its header says. */
class ScriptTest {

  private static final Pattern CALL =
      Pattern.compile("redis\\.p?call\\('(\\w+)'(?:,\\s*([A-Za-z_.\\[\\]]+))?");
  // Other names of a declared key: a value of a table, or a parameter that holds one.
  private static final Set<String> ALIASES =
      Set.of(
          "key",
          "pending",
          "queue.key",
          "queue.list",
          "fresh.list",
          "PENDING[priority]",
          "pending[priority]",
          "FRESH[priority]");
  private static final Set<String> WITHOUT_KEY = Set.of("TIME", "PUBLISH", "INFO");

  private static String source(Script script) {
    return new String(script.text(), UTF_8);
  }

  /** Returns the source without comments and strings. */
  private static String code(Script script) {
    return source(script).replaceAll("--[^\n]*", "").replaceAll("'[^'\n]*'", "''");
  }

  private static List<String> unpacked(Script script, String what) {
    Matcher matcher =
        Pattern.compile("local ([\\w, \n]+)=\\s+unpack\\(" + what).matcher(source(script));
    assertThat(matcher.find()).as("unpack(%s)", what).isTrue();
    return List.of(matcher.group(1).strip().split("\\s*,\\s*"));
  }

  @ParameterizedTest
  @EnumSource
  void keysAreThoseOfTheHeader(Script script) {
    List<String> named =
        script.keys().stream().map(k -> k.replace(':', '_').toUpperCase(Locale.ROOT)).toList();

    assertThat(unpacked(script, "KEYS")).isEqualTo(named);
    // Each declared key is used, and nothing else is used as a key.
    String code = code(script);
    for (String key : named) {
      assertThat(code.split("\\b" + key + "\\b", -1).length - 1).as(key).isGreaterThan(1);
    }
    assertThat(keysUsed(script)).isSubsetOf(union(named, ALIASES));
    assertThat(code).doesNotContain("KEYS[");
  }

  private static Set<String> keysUsed(Script script) {
    Set<String> used = new TreeSet<>();
    Matcher matcher = CALL.matcher(source(script).replaceAll("--[^\n]*", ""));
    while (matcher.find()) {
      if (!WITHOUT_KEY.contains(matcher.group(1))) {
        used.add(matcher.group(2));
      }
    }
    return used;
  }

  private static Set<String> union(List<String> some, Set<String> others) {
    Set<String> union = new TreeSet<>(some);
    union.addAll(others);
    return union;
  }

  @ParameterizedTest
  @EnumSource
  void argumentsAreThoseOfTheHeader(Script script) {
    List<String> fixed =
        script.arguments().stream().takeWhile(argument -> !argument.startsWith("[")).toList();

    if (script.arguments().isEmpty()) {
      assertThat(code(script)).doesNotContain("ARGV");
    } else {
      assertThat(unpacked(script, "ARGV")).isEqualTo(fixed);
    }
    for (String argument : fixed) {
      assertThat(code(script).split("\\b" + argument + "\\b", -1).length - 1)
          .as(argument)
          .isGreaterThan(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void headerIsComplete(Script script) {
    List<String> labels = new ArrayList<>();
    Matcher matcher = Pattern.compile("(?m)^-- (KEYS|ARGV|REPLY|COST)\\b").matcher(source(script));
    while (matcher.find()) {
      labels.add(matcher.group(1));
    }

    assertThat(source(script)).startsWith("-- ");
    assertThat(labels).containsExactly("KEYS", "ARGV", "REPLY", "COST");
    assertThat(source(script)).doesNotContain("@include");
  }

  /** A script must declare everything that its includes need. */
  @ParameterizedTest
  @EnumSource
  void everyNameInCapitalsIsDeclared(Script script) {
    String code = code(script);
    Set<String> used = new TreeSet<>();
    Matcher matcher = Pattern.compile("\\b[A-Z][A-Z_]+\\b").matcher(code);
    while (matcher.find()) {
      used.add(matcher.group());
    }
    used.removeAll(Set.of("KEYS", "ARGV"));
    // Keys of Lua tables, which are not names.
    used.removeIf(name -> code.matches("(?s).*[{,]\\s*" + name + " = .*"));

    for (String name : used) {
      assertThat(Pattern.compile("local [\\w, \n]*\\b" + name + "\\b").matcher(code).find())
          .as(name)
          .isTrue();
    }
  }

  @Test
  void digestIsTheOneThatRedisComputes() {
    try (RedisEventQueue queue = TestClients.queue(RateLimit.of(1).perSecond()).connect()) {
      assertThat(queue.stats().published()).isZero();
    }
    for (Script script : Script.values()) {
      String loaded =
          TestClients.ask(
              TestClients.server(), redis -> redis.scriptLoad(new String(script.text(), UTF_8)));
      assertThat(script.digest()).isEqualTo(loaded);
    }
  }

  @Test
  void keysOfAQueueInAScopeAreItsOwnOrTheScopes() {
    Keys alone = new Keys("orders");
    Keys keys = new Keys("address:eu/orders");
    for (Script script : Script.values()) {
      for (int i = 0; i < script.keys().size(); i++) {
        String name = script.keys().get(i);
        String shared = name.equals("scope") ? "meta" : name;
        String wanted =
            name.equals("scope") || name.startsWith("limits")
                ? "{address:eu}/" + shared
                : "{address:eu}/orders/" + name;
        assertThat(new String(keys.of(script)[i], UTF_8)).isEqualTo(wanted);
        assertThat(new String(alone.of(script)[i], UTF_8)).isEqualTo("{orders}:" + shared);
      }
    }
    assertThat(keys.slot()).isEqualTo(new Keys("address:eu/others").slot());
    assertThat(Keys.namespaceOf("{address:eu}/orders/meta")).contains("address:eu/orders");
    assertThat(Keys.namespaceOf("{orders}:meta")).contains("orders");
    assertThat(Keys.namespaceOf("{address:eu}/meta")).isEmpty();
    assertThat(Keys.namespaceOf("{orders}:pending")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/", "/a", "a/b/c", "a b", "{a}", "a/{b}"})
  void refusesOtherNames(String namespace) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Keys(namespace))
        .withMessageContaining("scope/queue");
  }

  @Test
  void keysShareOneHashTag() {
    Keys keys = new Keys("orders:eu");
    for (Script script : Script.values()) {
      for (byte[] key : keys.of(script)) {
        assertThat(new String(key, UTF_8)).startsWith("{orders:eu}:");
      }
    }
  }
}
