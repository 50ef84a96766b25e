package io.ratelimit.spring;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AsyncAuditEventHandler;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AuditEventHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans that handle events, each in another way. All report to {@link Calls}. */
final class Handlers {

  /** The calls, in order. */
  static final class Calls {
    private final List<String> calls = new CopyOnWriteArrayList<>();

    void add(String who, AuditEvent event) {
      calls.add(who + ' ' + event.id());
    }

    List<String> all() {
      return calls;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Method {
    private final Calls calls = new Calls();

    @Bean
    Calls calls() {
      return calls;
    }

    @AuditHandler
    void audit(AuditEvent event) {
      calls.add("method", event);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class EveryForm {
    private final Calls calls = new Calls();

    @Bean
    Calls calls() {
      return calls;
    }

    @Bean
    AuditEventHandler forOthers() {
      return event -> calls.add("bean", event);
    }

    @Bean
    @AuditHandler("BEAN_OF_A_TYPE")
    AuditEventHandler forOne() {
      return event -> calls.add("typed bean", event);
    }

    /** An asynchronous handler that is declared as a plain one. */
    @Bean
    @AuditHandler("ASYNC_BEAN")
    AuditEventHandler later() {
      AsyncAuditEventHandler handler =
          event -> CompletableFuture.runAsync(() -> calls.add("async bean", event));
      return handler;
    }

    @AuditHandler({"ONE", "ANOTHER"})
    @SuppressWarnings("UnusedMethod") // Called by its annotation, though it is private.
    private void two(AuditEvent event, AttemptContext attempt) {
      calls.add("method of two, attempt " + attempt.attempt(), event);
    }

    @AuditHandler("CONTEXT")
    void context(AttemptContext attempt) {
      calls.add("method of context", attempt.event());
    }

    @AuditHandler("ASYNC")
    CompletionStage<?> async(AuditEvent event) {
      return CompletableFuture.runAsync(() -> calls.add("async method", event));
    }
  }

  private Handlers() {}
}
