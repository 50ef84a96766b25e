package io.ratelimit.cli.telemetry;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.ratelimit.cli.server.TemporalServer;
import io.ratelimit.testkit.server.Loopback;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TemporalReachTest {

  @Test
  void aServerThatIsThereIsReached() {
    try (TemporalServer server = TemporalServer.embedded();
        TemporalReach reach = new TemporalReach(server.server(), server.client())) {
      assertThatCode(reach::use).doesNotThrowAnyException();
    }
  }

  @Test
  void aServerThatIsAwayIsNot() throws IOException {
    WorkflowServiceStubsOptions nowhere =
        WorkflowServiceStubsOptions.newBuilder()
            .setTarget("127.0.0.1:" + Loopback.freePort())
            .build();
    try (TemporalReach reach =
        new TemporalReach(nowhere, WorkflowClientOptions.getDefaultInstance())) {
      assertThatThrownBy(reach::use)
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("UNAVAILABLE");
    }
  }
}
