package io.ratelimit.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.manager.ManagerException;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The options in {@code docs/temporal.md}. */
class ConnectTest {

  private final String id = "connect-" + UUID.randomUUID();

  private static WorkflowServiceStubsOptions byKey(String target, boolean https) {
    return WorkflowServiceStubsOptions.newBuilder()
        .setTarget(target)
        .addApiKey(() -> "secret")
        .setEnableHttps(https)
        .build();
  }

  private static WorkflowClientOptions namespace(String name) {
    return WorkflowClientOptions.newBuilder().setNamespace(name).build();
  }

  @Test
  void clientAndWorkerTakeTheSdksOwnOptions() {
    WorkflowServiceStubsOptions server = byKey(DevServer.shared().target(), false);
    WorkflowClientOptions namespace = namespace(DevServer.NAMESPACE);
    try (EventQueue queue = InMemoryEventQueue.create(RateLimit.of(20).perMinute());
        RateLimitClient client = RateLimitClient.connect(server, namespace, id)) {
      RateLimitWorker worker =
          RateLimitWorker.builder(queue)
              .handler(event -> {})
              .taskQueue(id)
              .connect(server, namespace);
      try {
        client.start(id, ManagerOptions.round());
        assertThat(client.result(id, Duration.ofSeconds(30)).done()).isZero();
      } finally {
        worker.close();
      }
    }
  }

  @Test
  void aServerWithoutTlsIsNotReachedWithIt() {
    WorkflowServiceStubsOptions server = byKey(DevServer.shared().target(), true);

    assertThatThrownBy(() -> RateLimitClient.connect(server, namespace(DevServer.NAMESPACE), id))
        .isInstanceOf(ManagerException.ServerUnreachable.class);
  }
}
