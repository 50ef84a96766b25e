package io.ratelimit.core.internal.handler;

import io.ratelimit.core.handler.AttemptContext;
import io.ratelimit.core.handler.AttemptInterceptor;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Puts the attempt of a thread into SLF4J's MDC. */
public final class MdcInterceptor implements AttemptInterceptor {

  @Override
  public CompletionStage<?> around(AttemptContext context, Next next) {
    @Nullable Map<String, String> before = MDC.getCopyOfContextMap();
    MDC.put("event", context.event().id());
    MDC.put("type", context.event().type().name());
    MDC.put("wallet", context.event().walletId());
    MDC.put("attempt", Integer.toString(context.attempt()));
    try {
      return next.proceed();
    } finally {
      if (before == null) {
        MDC.clear();
      } else {
        MDC.setContextMap(before);
      }
    }
  }
}
