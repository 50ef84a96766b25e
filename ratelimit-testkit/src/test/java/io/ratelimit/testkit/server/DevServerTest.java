package io.ratelimit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DevServerTest {

  private static DevServer shared;

  @BeforeAll
  static void skipWhereThereIsNone() {
    shared = DevServer.shared();
  }

  private static int port(DevServer server) {
    assertThat(server.target()).startsWith("127.0.0.1:");
    return Integer.parseInt(server.target().substring("127.0.0.1:".length()));
  }

  @Test
  void theSharedOneIsOne() throws IOException {
    assertThat(DevServer.shared()).isSameAs(shared);
    try (Socket socket = new Socket()) {
      socket.connect(Loopback.at(port(shared)));
      assertThat(socket.isConnected()).isTrue();
    }
  }

  @Test
  void closedItLeavesNothing() {
    DevServer server = DevServer.start();
    assertThat(server.process().isAlive()).isTrue();
    assertThat(port(server)).isNotEqualTo(port(shared));
    server.close();
    server.close();

    assertThat(server.process().isAlive()).isFalse();
    assertThat(Loopback.isFree(port(server))).isTrue();
  }

  @Test
  void whatItSaysOfAWrongOptionIsSaid() {
    assertThatIllegalStateException()
        .isThrownBy(() -> DevServer.start("--no-such-option"))
        .withMessageContaining("ended with status")
        .withMessageContaining("no-such-option");
  }
}
