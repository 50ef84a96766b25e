package io.ratelimit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LoopbackTest {

  @Test
  void aPortIsFreeUntilSomebodyListens() throws IOException {
    int port = Loopback.freePort();
    assertThat(Loopback.isFree(port)).isTrue();

    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(Loopback.at(port));
      assertThat(Loopback.isFree(port)).isFalse();
    }
  }
}
