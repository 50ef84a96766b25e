package io.ratelimit.spring.internal.autoconfigure;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.ratelimit.redis.RedisEventQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.StringUtils;

/**
 * Spring Boot's connection details, independent of its version.
 *
 * @param form the kind of deployment
 * @param nodes the server, the sentinels, or some nodes of a cluster
 * @param master the master's name in Sentinel; null without Sentinel
 * @param database the database number; 0 in a cluster
 * @param login for the server or the cluster
 * @param sentinelLogin for the sentinels
 * @param ssl the TLS settings; null without TLS
 */
record RedisServers(
    Form form,
    List<Node> nodes,
    @Nullable String master,
    int database,
    Login login,
    Login sentinelLogin,
    @Nullable SslBundle ssl)
    implements RedisAddress {

  enum Form {
    SINGLE,
    SENTINEL,
    CLUSTER
  }

  record Node(String host, int port) {}

  /** A user and a password; without a password, there is no login. */
  record Login(@Nullable String user, @Nullable String password) {
    static final Login NONE = new Login(null, null);

    /** Leaves out the password. */
    @Override
    public String toString() {
      return "Login[user=" + user + ']';
    }

    private RedisURI.Builder addTo(RedisURI.Builder uri) {
      if (!StringUtils.hasLength(password)) {
        return uri;
      }
      return StringUtils.hasLength(user)
          ? uri.withAuthentication(user, password)
          : uri.withPassword(password.toCharArray());
    }
  }

  static RedisServers single(Node node, int database, Login login, @Nullable SslBundle sslOrNone) {
    return new RedisServers(
        Form.SINGLE, List.of(node), null, database, login, Login.NONE, sslOrNone);
  }

  static RedisServers cluster(List<Node> nodes, Login login, @Nullable SslBundle sslOrNone) {
    return new RedisServers(Form.CLUSTER, nodes, null, 0, login, Login.NONE, sslOrNone);
  }

  @Override
  public void addTo(RedisEventQueue.Builder builder) {
    if (form == Form.CLUSTER) {
      builder.cluster(nodes.stream().map(node -> at(node, login)).toList());
    } else {
      builder.uri(form == Form.SINGLE ? at(nodes.get(0), login) : behindSentinels());
    }
    if (ssl != null) {
      builder.sslOptions(options(ssl));
    }
  }

  private RedisURI at(Node node, Login as) {
    return as.addTo(RedisURI.builder().withHost(node.host()).withPort(node.port()))
        .withDatabase(database)
        .withSsl(ssl != null)
        .build();
  }

  private RedisURI behindSentinels() {
    RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(String.valueOf(master));
    for (Node node : nodes) {
      uri.withSentinel(
          sentinelLogin
              .addTo(RedisURI.builder().withHost(node.host()).withPort(node.port()))
              .withSsl(ssl != null)
              .build());
    }
    return login.addTo(uri).withDatabase(database).withSsl(ssl != null).build();
  }

  private static SslOptions options(SslBundle bundle) {
    SslOptions.Builder options =
        SslOptions.builder()
            .keyManager(bundle.getManagers().getKeyManagerFactory())
            .trustManager(bundle.getManagers().getTrustManagerFactory());
    String[] ciphers = bundle.getOptions().getCiphers();
    if (ciphers != null) {
      options.cipherSuites(ciphers);
    }
    String[] protocols = bundle.getOptions().getEnabledProtocols();
    if (protocols != null) {
      options.protocols(protocols);
    }
    return options.build();
  }
}
