package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.spring.internal.autoconfigure.RedisServers.Login;
import io.ratelimit.spring.internal.autoconfigure.RedisServers.Node;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;

/** The application's Redis address, with the names of Spring Boot 4. */
@AutoConfiguration(
    after = RedisUrlAutoConfiguration.class,
    afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@OnEnabled
@ConditionalOnClass({DataRedisConnectionDetails.class, RedisEventQueue.class})
class Boot4RedisAutoConfiguration {

  @Bean
  @ConditionalOnBean(DataRedisConnectionDetails.class)
  @ConditionalOnMissingBean(RedisAddress.class)
  RedisAddress auditRedisAddress(DataRedisConnectionDetails details) {
    Login login = new Login(details.getUsername(), details.getPassword());
    DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
    if (sentinel != null) {
      return new RedisServers(
          RedisServers.Form.SENTINEL,
          nodes(sentinel.getNodes()),
          sentinel.getMaster(),
          sentinel.getDatabase(),
          login,
          new Login(sentinel.getUsername(), sentinel.getPassword()),
          details.getSslBundle());
    }
    DataRedisConnectionDetails.Cluster cluster = details.getCluster();
    if (cluster != null) {
      return RedisServers.cluster(nodes(cluster.getNodes()), login, details.getSslBundle());
    }
    DataRedisConnectionDetails.Standalone server = details.getStandalone();
    if (server == null) {
      throw new ConfigurationException(
          "The application's Redis is a master with fixed replicas (spring.data.redis"
              + ".masterreplica), which the queue does not follow when they change roles.",
          "Set ratelimit.redis.url to the address of the master, or use Sentinel.");
    }
    return RedisServers.single(
        new Node(server.getHost(), server.getPort()),
        server.getDatabase(),
        login,
        details.getSslBundle());
  }

  private static List<Node> nodes(List<DataRedisConnectionDetails.Node> nodes) {
    return nodes.stream().map(node -> new Node(node.host(), node.port())).toList();
  }
}
