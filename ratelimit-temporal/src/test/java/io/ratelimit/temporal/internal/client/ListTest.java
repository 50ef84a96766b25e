package io.ratelimit.temporal.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.temporal.RateLimitClient;
import io.ratelimit.temporal.RateLimitWorker;
import io.ratelimit.temporal.Temporal;
import io.ratelimit.temporal.manager.ManagerDescription;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerPage;
import io.ratelimit.temporal.manager.ManagerQuery;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.ratelimit.testkit.server.DevServer;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.worker.WorkerFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contents of a list of managers, and of the Temporal UI. */
class ListTest {

  private final String id = "list-" + UUID.randomUUID();
  private final Temporal temporal = Temporal.open();
  private final RateLimitClient client = RateLimitClient.of(temporal.client(), id);

  @AfterEach
  void close() {
    temporal.close();
  }

  private List<String> ids(ManagerQuery query) {
    return client.list(query).managers().stream().map(ManagerDescription::id).toList();
  }

  @Test
  void thoseOfTheTaskQueueThatRunAreListedAndOthersOnRequest() {
    RateLimitClient elsewhere = RateLimitClient.of(temporal.client(), id + "-other");
    elsewhere.start(id + "-other", ManagerOptions.continuous());
    for (int i = 0; i < 5; i++) {
      client.start(id + "-" + i, ManagerOptions.continuous().withQueue("audits"));
    }
    client.terminate(id + "-0", "the test's reason");
    ManagerQuery all = ManagerQuery.RUNNING.withEnded(true);
    await().until(() -> ids(all).size() == 5 && ids(ManagerQuery.RUNNING).size() == 4);

    assertThat(ids(ManagerQuery.RUNNING)).doesNotContain(id + "-0", id + "-other");
    assertThat(client.list(ManagerQuery.RUNNING).managers())
        .allMatch(manager -> manager.queue().equals(Optional.of("audits")))
        .allMatch(manager -> manager.state().equals(Optional.of(ManagerStatus.State.STARTING)))
        .allMatch(manager -> manager.taskQueue().equals(id))
        .allMatch(manager -> manager.pending().isEmpty() && manager.problem().isEmpty());
    assertThat(client.list(ManagerQuery.RUNNING).next()).isEmpty();

    List<String> paged = new ArrayList<>();
    ManagerQuery query = all.withLimit(2);
    while (true) {
      ManagerPage page = client.list(query);
      assertThat(page.managers()).hasSizeLessThanOrEqualTo(2);
      page.managers().forEach(manager -> paged.add(manager.id()));
      if (page.next().isEmpty()) {
        break;
      }
      query = query.withPage(page.next().get());
    }
    assertThat(paged).containsExactlyInAnyOrderElementsOf(ids(all));
    assertThatThrownBy(() -> client.list(all.withPage("§")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a page of a list");

    for (int i = 1; i < 5; i++) {
      client.terminate(id + "-" + i, "the test is over");
    }
    elsewhere.terminate(id + "-other", "the test is over");
  }

  @ParameterizedTest
  @ValueSource(strings = {" with blanks", " with 'quotes' inside", "'' OR 1=1"})
  void taskQueuesOfAnyNameAreListed(String name) {
    String taskQueue = id + name;
    RateLimitClient odd = RateLimitClient.of(temporal.client(), taskQueue);
    odd.start(id, ManagerOptions.continuous());

    await()
        .until(
            () ->
                odd.list(ManagerQuery.RUNNING).managers().stream()
                    .map(ManagerDescription::id)
                    .toList()
                    .equals(List.of(id)));
    odd.terminate(id, "the test is over");
  }

  @Test
  void theUiReadsWell() {
    try (DevServer server =
            DevServer.start(
                "--search-attribute",
                ManagerTypes.QUEUE_ATTRIBUTE + "=Keyword",
                "--search-attribute",
                ManagerTypes.STATE_ATTRIBUTE + "=Keyword");
        Temporal own = Temporal.open(server, options -> {});
        EventQueue queue =
            InMemoryEventQueue.builder(RateLimit.of(20).perMinute()).name("audits").build()) {
      RateLimitClient its = RateLimitClient.of(own.client(), id);
      its.start(
          id,
          ManagerOptions.continuous()
              .withQueue("audits")
              .withDecisionIntervals(Duration.ofMillis(200), Duration.ofMillis(200)));
      WorkflowExecutionDescription started = described(own);
      assertThat(started.getStaticSummary())
          .isEqualTo("Service over queue audits: each event within PT3M, 1 to 10 workers");
      assertThat(started.getStaticDetails()).contains("Emergency limit: none");
      assertThat(started.getTypedSearchAttributes().get(SearchKeys.QUEUE)).isEqualTo("audits");
      assertThat(state(own)).isEqualTo("STARTING");

      RateLimitWorker worker =
          RateLimitWorker.builder(queue)
              .taskQueue(id)
              .handler(event -> {})
              .start(WorkerFactory.newInstance(own.client()));
      await().until(() -> state(own).equals("NORMAL"));
      assertThat(its.pause(id).pause()).isPresent();
      await().until(() -> state(own).equals("PAUSED"));
      assertThat(details(own)).contains("**paused**, queue audits: 0 pending");
      worker.close();
    }
  }

  private WorkflowExecutionDescription described(Temporal own) {
    return own.client().newUntypedWorkflowStub(id).describe();
  }

  private String state(Temporal own) {
    return described(own).getTypedSearchAttributes().get(SearchKeys.STATE);
  }

  /** Queries the details like the UI. */
  private String details(Temporal own) {
    return own.client()
        .newUntypedWorkflowStub(id)
        .query("__temporal_workflow_metadata", io.temporal.api.sdk.v1.WorkflowMetadata.class)
        .getCurrentDetails();
  }
}
