package io.ratelimit.spring.slice;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AttemptInterceptor;
import io.ratelimit.spring.AuditHandler;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/** The components of {@link SampleApplication}. */
final class Parts {

  /** The API that the handlers call. */
  interface Exchange {
    void audit(String wallet) throws InterruptedException;

    CompletionStage<?> auditLater(String wallet);
  }

  @Component
  static class Audits {
    private final Exchange exchange;

    Audits(Exchange exchange) {
      this.exchange = exchange;
    }

    @AuditHandler
    void audit(AuditEvent event) throws InterruptedException {
      exchange.audit(event.walletId());
    }

    @AuditHandler("LATER")
    CompletionStage<?> later(AuditEvent event) {
      return exchange.auditLater(event.walletId());
    }
  }

  /** Included, because it intercepts attempts. */
  @Component
  static class Noting implements AttemptInterceptor {
    private final List<String> noted = new CopyOnWriteArrayList<>();

    @Override
    public CompletionStage<?> around(AttemptContext context, Next next) {
      noted.add(context.event().id());
      return next.proceed();
    }

    List<String> noted() {
      return noted;
    }
  }

  /** Left out: a component that needs a server. */
  @Component
  static class Web {
    Web() {
      throw new IllegalStateException("a test of handlers does not start this");
    }
  }

  /** Left out: a configuration. */
  @Configuration(proxyBeanMethods = false)
  static class RealExchange {
    @Bean
    Exchange exchange() {
      throw new IllegalStateException("a test of handlers does not call it");
    }
  }

  private Parts() {}
}
