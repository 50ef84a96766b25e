package io.ratelimit.spring.internal.autoconfigure;

import io.ratelimit.redis.RedisEventQueue;
import io.ratelimit.spring.internal.autoconfigure.RedisServers.Login;
import io.ratelimit.spring.internal.autoconfigure.RedisServers.Node;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.context.annotation.Bean;

/** The application's Redis address, with the names of Spring Boot 3. */
@AutoConfiguration(
    after = RedisUrlAutoConfiguration.class,
    afterName = "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration")
@OnEnabled
@ConditionalOnClass({RedisConnectionDetails.class, RedisEventQueue.class})
class Boot3RedisAutoConfiguration {

  @Bean
  @ConditionalOnBean(RedisConnectionDetails.class)
  @ConditionalOnMissingBean(RedisAddress.class)
  RedisAddress auditRedisAddress(RedisConnectionDetails details) {
    Login login = new Login(details.getUsername(), details.getPassword());
    RedisConnectionDetails.Sentinel sentinel = details.getSentinel();
    if (sentinel != null) {
      return new RedisServers(
          RedisServers.Form.SENTINEL,
          nodes(sentinel.getNodes()),
          sentinel.getMaster(),
          sentinel.getDatabase(),
          login,
          new Login(sentinel.getUsername(), sentinel.getPassword()),
          sentinel.getSslBundle());
    }
    RedisConnectionDetails.Cluster cluster = details.getCluster();
    if (cluster != null) {
      return RedisServers.cluster(nodes(cluster.getNodes()), login, cluster.getSslBundle());
    }
    RedisConnectionDetails.Standalone server = details.getStandalone();
    return RedisServers.single(
        new Node(server.getHost(), server.getPort()),
        server.getDatabase(),
        login,
        server.getSslBundle());
  }

  private static List<Node> nodes(List<RedisConnectionDetails.Node> nodes) {
    return nodes.stream().map(node -> new Node(node.host(), node.port())).toList();
  }
}
