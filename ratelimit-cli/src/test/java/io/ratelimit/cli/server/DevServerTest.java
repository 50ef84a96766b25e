package io.ratelimit.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.cli.Needs;
import io.ratelimit.testkit.server.Loopback;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DevServerTest {

  @Test
  void aPortThatSomebodyElseTookIsFollowedByAnother() throws Exception {
    Needs.onPath("temporal");
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int taken = other.getLocalPort();
      Iterator<Integer> ports =
          List.of(
                  Loopback.freePort(),
                  taken,
                  taken,
                  Loopback.freePort(),
                  Loopback.freePort(),
                  Loopback.freePort())
              .iterator();

      try (DevServer server = DevServer.start(ports::next)) {
        assertThat(server.address()).doesNotEndWith(":" + taken);
        assertThat(server.ui()).doesNotEndWith(":" + taken);
      }
      assertThat(ports).isExhausted();
    }
  }
}
