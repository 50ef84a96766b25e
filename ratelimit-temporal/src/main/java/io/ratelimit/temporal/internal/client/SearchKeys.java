package io.ratelimit.temporal.internal.client;

import io.grpc.StatusRuntimeException;
import io.ratelimit.temporal.internal.timeouts.Timeouts;
import io.ratelimit.temporal.manager.ManagerStatus;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The search attributes of managers that a server has registered. */
public final class SearchKeys {

  static final SearchAttributeKey<String> QUEUE =
      SearchAttributeKey.forKeyword(ManagerTypes.QUEUE_ATTRIBUTE);
  static final SearchAttributeKey<String> STATE =
      SearchAttributeKey.forKeyword(ManagerTypes.STATE_ATTRIBUTE);

  private final WorkflowServiceStubs stubs;
  private final String namespace;
  private Optional<ListSearchAttributesResponse> registered = Optional.empty();

  public SearchKeys(WorkflowClient client) {
    this.stubs = client.getWorkflowServiceStubs();
    this.namespace = client.getOptions().getNamespace();
  }

  /**
   * Returns the attributes for a new manager. Asks the server once, and sets none that it does not
   * know.
   */
  SearchAttributes ofNew(Optional<String> queue) {
    SearchAttributes.Builder attributes = SearchAttributes.newBuilder();
    if (has(QUEUE) && queue.isPresent()) {
      attributes.set(QUEUE, queue.get());
    }
    if (has(STATE)) {
      attributes.set(STATE, ManagerStatus.State.STARTING.name());
    }
    return attributes.build();
  }

  private boolean has(SearchAttributeKey<String> key) {
    return registered().getCustomAttributesMap().get(key.getName())
        == IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
  }

  private synchronized ListSearchAttributesResponse registered() {
    if (registered.isEmpty()) {
      registered = Optional.of(ask());
    }
    return registered.get();
  }

  private ListSearchAttributesResponse ask() {
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder(stubs.getOptions()).build());
    try {
      return operator
          .blockingStub()
          .withDeadlineAfter(Timeouts.LOOK_UP.toMillis(), TimeUnit.MILLISECONDS)
          .listSearchAttributes(
              ListSearchAttributesRequest.newBuilder().setNamespace(namespace).build());
    } catch (StatusRuntimeException unknown) {
      // A manager starts without them.
      return ListSearchAttributesResponse.getDefaultInstance();
    } finally {
      if (stubs.getOptions().getChannel() == null) {
        operator.shutdownNow();
      }
    }
  }
}
