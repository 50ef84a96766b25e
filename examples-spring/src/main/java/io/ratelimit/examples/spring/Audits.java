package io.ratelimit.examples.spring;

import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.spring.AuditHandler;
import java.util.concurrent.CompletionStage;
import org.springframework.stereotype.Component;

// docs/spring-boot.md
/** Handles audit events: a method for one type, and one for all others. */
@Component
class Audits {

  private final Exchange exchange;

  Audits(Exchange exchange) {
    this.exchange = exchange;
  }

  @AuditHandler
  void audit(AuditEvent event) throws Exchange.TooManyRequests {
    exchange.audit(event.walletId());
  }

  @AuditHandler("MARGIN_CALL")
  CompletionStage<Void> addMargin(AuditEvent event) {
    return exchange.addMargin(event.walletId());
  }
}

// docs/spring-boot.md
