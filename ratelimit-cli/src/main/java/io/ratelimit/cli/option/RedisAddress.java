package io.ratelimit.cli.option;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Texts;
import io.ratelimit.redis.RedisEventQueue;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The address of Redis as a user gave it.
 *
 * @param nodes the address for Lettuce: one server, or several nodes of a Redis Cluster;
 *     unmodifiable
 */
public record RedisAddress(List<RedisURI> nodes) {

  private static final Pattern HOST =
      Pattern.compile("[\\p{L}\\p{N}._-]*|\\[?[0-9a-fA-F:.]+(%\\w+)?]?");

  /**
   * Reads a URI.
   *
   * @throws InputException if it has another form
   */
  public static RedisAddress parse(String text) {
    try {
      List<RedisURI> nodes =
          text.startsWith("redis-sentinel") || !text.contains(",")
              ? List.of(RedisURI.create(text))
              : RedisClusterURIUtil.toRedisURIs(URI.create(text));
      if (nodes.stream().allMatch(node -> isHost(node.getHost()))) {
        return new RedisAddress(List.copyOf(nodes));
      }
    } catch (RuntimeException refused) {
      throw refusal(text);
    }
    throw refusal(text);
  }

  /** Returns whether it is a Redis Cluster. */
  public boolean isCluster() {
    return nodes.size() > 1;
  }

  /** Returns the server, or the first node. */
  public RedisURI uri() {
    return nodes.get(0);
  }

  /** Sets the address of a queue's builder. */
  public void chosenBy(RedisEventQueue.Builder queue) {
    if (isCluster()) {
      queue.cluster(nodes);
    } else {
      queue.uri(uri());
    }
  }

  /** Rejects the rest of a password without a host. */
  private static boolean isHost(@Nullable String host) {
    return host == null || HOST.matcher(host).matches();
  }

  /** Returns a message without the password, which Lettuce's own may show. */
  private static InputException refusal(String text) {
    return new InputException(
        "--redis must look like redis://host:6379, rediss://user:password@host,"
            + " redis-sentinel://host#master or redis://host:6379,host:6380 but is "
            + Texts.quoted(Texts.withoutPassword(text)));
  }
}
